"""Amounts as PayPal writes them
(https://developer.paypal.com/api/rest/reference/currency-codes/)."""

from decimal import Decimal
from typing import Any, Final

from quartermaster.adapters.payments.units import Units
from quartermaster.core import money

UNITS: Final = Units(
    places=dict.fromkeys(("HUF", "JPY", "TWD"), 0),
    taken=frozenset(
        (
            *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS"),
            *("JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"),
        )
    ),
)


def amount(amount_minor: int, currency: str) -> dict[str, str]:
    """As an object of PayPal's. Refusals: AmountNotTaken."""
    return {"currency_code": currency, "value": UNITS.decimal(amount_minor, currency)}


def minor(found: Any) -> int:
    """The inverse."""
    return money.to_minor(Decimal(found["value"]), found["currency_code"])
