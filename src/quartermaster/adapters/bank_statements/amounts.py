"""Amounts and accounts as banks write them, checked."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from quartermaster.core import money
from quartermaster.core.lifecycles.wires import Entry
from quartermaster.usecases.ports.bank_statements import UnreadableStatement

_AMOUNT: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{0,5})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def minor(amount: str, currency: str, where: str) -> int:
    """An amount without a sign in minor units, exactly. UnreadableStatement."""
    if _CURRENCY.fullmatch(currency) is None:
        raise UnreadableStatement(f"{where}: {currency[:20]!r} is no currency", field="file")
    if _AMOUNT.fullmatch(amount) is None:
        raise UnreadableStatement(f"{where}: {amount[:40]!r} is no amount", field="file")
    found = money.to_minor(Decimal(amount), currency)
    if money.from_minor(found, currency) != Decimal(amount):
        words = f"{where}: {amount} has more decimals than {currency}"
        raise UnreadableStatement(words, field="file")
    return found


def must_add_up(entries: Iterable[Entry], opening: int, closing: int, where: str) -> None:
    """Balances in minor units prove that no entry is missing. UnreadableStatement."""
    booked = sum(one.amount_minor for one in entries)
    if opening + booked != closing:
        words = f"{where}: the entries make {booked} in minor units, the balances say"
        raise UnreadableStatement(f"{words} {closing - opening}", field="file")


def account(text: str) -> str:
    """An account without spaces, in capitals."""
    return "".join(text.split()).upper()
