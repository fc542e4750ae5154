"""Statements as SWIFT has them: MT940. Its letters are few (character set x), its lines short."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from payment_sandbox import money
from payment_sandbox.bank import wires
from payment_sandbox.bank.statements import Statement

_OUTSIDE: Final = re.compile(r"[^0-9A-Za-z/\-?:().,'+ ]")
_LINE: Final = 65
_END: Final = "\r\n"


def write(statements: Sequence[Statement]) -> str:
    """One message for each currency."""
    return "".join(
        _END.join(_lines(statement, number)) + _END
        for number, statement in enumerate(statements, start=1)
    )


def _lines(statement: Statement, number: int) -> Iterator[str]:
    yield f":20:SBX{statement.last:%y%m%d}{number:03}"
    yield f":25:{wires.BIC}/{wires.IBAN}"
    yield f":28C:{statement.last:%j}/{number:03}"
    yield _balance("60F", statement.first, statement.currency, statement.opening_minor)
    for entry in statement.entries:
        yield from _entry(entry)
    yield _balance("62F", statement.last, statement.currency, statement.closing_minor)
    yield "-"


def _entry(entry: wires.Entry) -> Iterator[str]:
    day = date.fromisoformat(entry.booked_at[:10])
    amount = _amount(entry.amount_minor, entry.currency)
    reference = entry.id.removeprefix("bank_")[:16]
    yield f":61:{day:%y%m%d}{day:%m%d}C{amount}NTRFNONREF//{reference}"
    text = f":86:166?20{_plain(entry.reference, 60)}?32{_plain(entry.payer, 60)}"
    yield from (text[start : start + _LINE] for start in range(0, len(text), _LINE))


def _balance(tag: str, day: date, currency: str, minor: int) -> str:
    return f":{tag}:C{day:%y%m%d}{currency}{_amount(minor, currency)}"


def _amount(minor: int, currency: str) -> str:
    """With a comma, which is there even where nothing follows it."""
    text = f"{money.decimal(minor, currency):f}".replace(".", ",")
    return text if "," in text else f"{text},"


def _plain(text: str, longest: int) -> str:
    """In the letters that there are; `?` parts the subfields and may not stand in one."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _OUTSIDE.sub(" ", letters).replace("?", " ").strip()[:longest]
