"""Rows as CSV (RFC 4180) that a spreadsheet takes for no more than text and numbers."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

Cell = str | int | Decimal | datetime | date | None
"""A number stands as it is, an instant in RFC 3339 with `Z`, a day as `2026-11-22`, None as an
empty cell."""

_FORMULA: Final = frozenset("=+-@\t\r\n")


def whole(names: Sequence[str], parts: Iterable[Iterable[Iterable[Cell]]]) -> Iterator[bytes]:
    """Rows under a head, part by part."""
    yield encoded([names])
    for part in parts:
        yield encoded(part)


def encoded(rows: Iterable[Iterable[Cell]]) -> bytes:
    """These rows. A text that a spreadsheet would take for a formula gets an apostrophe before
    it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(_cell, row) for row in rows)
    return text.getvalue().encode()


def _cell(value: Cell) -> str | int | None:
    if isinstance(value, str):
        return f"'{value}" if value[:1] in _FORMULA else value
    if isinstance(value, datetime):
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return f"{utc.isoformat()[:-6]}Z"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value
