"""Keys show nowhere: not in what is logged, raised, answered or printed."""

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from quartermaster.adapters.payments import PayPal, Stripe
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    BadNotice,
    Gateway,
    PageRequest,
    PaymentRequest,
    SavedMethod,
    Unavailable,
)
from tests.adapters.payments import paypal_driver, stripe_driver

REQUEST = PaymentRequest("pay_1", "ord_1", "ws_7", 6_000, "USD")
WRONG = ("sk_test_WrongKey0123456789", "whsec_WrongSecret0123456789", "WrongClientSecret0123")
RIGHT = (stripe_driver.KEY, stripe_driver.SIGNING, paypal_driver.CREDENTIALS.secret)


@pytest.fixture(params=["stripe", "paypal"])
def gateway(request: pytest.FixtureRequest) -> Iterator[Gateway]:
    """With a key that the provider does not know, and repeats in its answer."""
    if request.param == "stripe":
        with stripe_driver.start() as stripe:
            yield Stripe(WRONG[0], WRONG[1], stripe.stub.web.address)
        return
    with paypal_driver.start() as paypal:
        credentials = replace(paypal_driver.CREDENTIALS, secret=WRONG[2])
        yield PayPal(credentials, paypal.stub.web.address)


def test_a_key_that_is_not_accepted_is_not_repeated(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    page = PageRequest(MethodKind.CARD, "https://usage.example.com/back")
    answer = gateway.charge(REQUEST, SavedMethod(MethodKind.CARD, "pm_1", "cus_1"))
    assert answer.outcome is Outcome.UNKNOWN, "an earlier attempt may have been paid"
    said = [repr(gateway), repr(answer)]
    with pytest.raises(Unavailable) as closed:
        gateway.open(REQUEST, page)
    with pytest.raises((BadNotice, Unavailable)) as forged:
        gateway.notice({"stripe-signature": "t=1,v1=0"}, b"{}", paypal_driver.datetime.now())
    for no in (closed, forged):
        said += traceback.format_exception(no.value)
    said += [caplog.text, *capfd.readouterr()]
    found = [key for key in (*WRONG, *RIGHT) for text in said if key in text]
    assert not found


def test_credentials_do_not_show_their_secret() -> None:
    assert RIGHT[2] not in repr(paypal_driver.CREDENTIALS)
