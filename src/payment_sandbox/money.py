"""Amounts in words. Inside they are whole numbers of a currency's minor unit."""

from decimal import Decimal

from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision


def is_currency(code: str) -> bool:
    """Whether there is such a currency (ISO 4217)."""
    return code in get_global("all_currencies")


def decimal(amount_minor: int, currency: str) -> Decimal:
    """In the currency's major unit, with all its digits."""
    return Decimal(amount_minor).scaleb(-get_currency_precision(currency))


def example(currency: str) -> Decimal:
    """An amount with all the currency's digits, to show how one is written."""
    return decimal(1250, currency)


def words(amount_minor: int, currency: str) -> str:
    """As people read it: $1,234.50."""
    return str(format_currency(decimal(amount_minor, currency), currency, locale="en_US"))


def minor(text: str, currency: str) -> int | None:
    """What was typed, in minor units; None where it is no amount of this currency."""
    plain = text.strip().replace(",", "")
    if not plain or not plain.isascii() or not plain.replace(".", "", 1).isdigit():
        return None
    scaled = Decimal(plain).scaleb(get_currency_precision(currency))
    whole = int(scaled)
    return whole if scaled == whole else None
