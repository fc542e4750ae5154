"""Amounts as providers write them."""

import pytest

from quartermaster.adapters.payments.paypal.units import UNITS as PAYPAL
from quartermaster.adapters.payments.paypal.units import amount, minor
from quartermaster.adapters.payments.stripe.units import UNITS as STRIPE
from quartermaster.usecases.ports.gateways import AmountNotTaken


@pytest.mark.parametrize(
    ("currency", "amount_minor", "written"),
    [
        ("USD", 1_000, 1_000),
        ("JPY", 600, 600),
        ("KWD", 5_120, 5_120),
        ("ISK", 5, 500),
        ("HUF", 1_045, 1_045),
        ("MGA", 500, 5),
    ],
)
def test_stripes_units(currency: str, amount_minor: int, written: int) -> None:
    assert STRIPE.written(amount_minor, currency) == written
    assert STRIPE.minor(written, currency) == amount_minor


@pytest.mark.parametrize(("currency", "amount_minor"), [("KWD", 5_124), ("MGA", 150), ("UGX", 5)])
def test_what_stripe_does_not_take(currency: str, amount_minor: int) -> None:
    with pytest.raises(AmountNotTaken, match="does not take"):
        STRIPE.written(amount_minor, currency)


@pytest.mark.parametrize(
    ("currency", "amount_minor", "written"),
    [
        ("USD", 1_000, "10.00"),
        ("EUR", 5, "0.05"),
        ("JPY", 600, "600"),
        ("HUF", 12_000, "120"),
        ("TWD", 100, "1"),
    ],
)
def test_paypals_amounts(currency: str, amount_minor: int, written: str) -> None:
    assert PAYPAL.decimal(amount_minor, currency) == written
    assert minor(amount(amount_minor, currency)) == amount_minor


@pytest.mark.parametrize(("currency", "amount_minor"), [("HUF", 12_050), ("KWD", 10), ("INR", 1)])
def test_what_paypal_does_not_take(currency: str, amount_minor: int) -> None:
    with pytest.raises(AmountNotTaken, match="does not take"):
        amount(amount_minor, currency)
