"""What every gateway keeps to, whoever stands behind it."""

import pytest

from quartermaster.adapters.payments import ByHand, Pretend
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import PaymentRequest, PlainGateway
from tests.fakes.gateway import FakeGateway

GATEWAYS = (FakeGateway, ByHand, Pretend)
REQUEST = PaymentRequest("pay_1", "ord_1", "ws_7", 6_000, "USD")


@pytest.fixture(params=GATEWAYS, ids=lambda kind: kind.__name__)
def gateway(request: pytest.FixtureRequest) -> PlainGateway:
    made: PlainGateway = request.param()
    return made


def test_it_answers_one_of_the_outcomes(gateway: PlainGateway) -> None:
    told = gateway.charge(REQUEST)
    assert told.outcome in Outcome
    assert bool(told.reason) == (told.outcome is Outcome.DECLINED)


def test_the_same_key_is_the_same_payment(gateway: PlainGateway) -> None:
    """Whatever it has said it says again, unless it did not know yet."""
    known = {told for _ in range(3) if (told := gateway.charge(REQUEST)).outcome != Outcome.UNKNOWN}
    assert len(known) <= 1


def test_payments_do_not_know_of_each_other(gateway: PlainGateway) -> None:
    other = PaymentRequest("pay_2", "ord_2", "ws_8", 1, "JPY")
    assert gateway.charge(REQUEST) == gateway.charge(other) == gateway.charge(REQUEST)


def test_by_hand_nothing_is_ever_known() -> None:
    assert {ByHand().charge(REQUEST).outcome for _ in range(3)} == {Outcome.UNKNOWN}


def test_in_a_demo_all_is_paid() -> None:
    assert {Pretend().charge(REQUEST).outcome for _ in range(3)} == {Outcome.SUCCEEDED}
