"""Lists however long, as CSV or NDJSON, in pieces of some hundred lines."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

Line = dict[str, str | datetime | None]
"""Values by the names of their columns."""

_PIECE: Final = 400
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(names: Sequence[str], parts: Iterable[list[Line]]) -> Iterator[bytes]:
    """Rows under a head (RFC 4180). A text that a spreadsheet would take for a formula gets an
    apostrophe before it."""
    yield _rows([names])
    for lines in _pieces(parts):
        yield _rows([_cell(line[name]) for name in names] for line in lines)


def as_ndjson(names: Sequence[str], parts: Iterable[list[Line]]) -> Iterator[bytes]:
    """One object a line."""
    encoder = msgspec.json.Encoder()
    for lines in _pieces(parts):
        yield encoder.encode_lines(lines)


FORMS: Final[dict[str, Callable[[Sequence[str], Iterable[list[Line]]], Iterator[bytes]]]] = {
    "text/csv": as_csv,
    "application/x-ndjson": as_ndjson,
}
ENDINGS: Final = {"text/csv": "csv", "application/x-ndjson": "ndjson"}


def _pieces(parts: Iterable[list[Line]]) -> Iterator[list[Line]]:
    for part in parts:
        for start in range(0, len(part), _PIECE):
            yield part[start : start + _PIECE]


def _rows(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: str | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str(msgspec.to_builtins(value))
    return f"'{value}" if value.startswith(_FORMULA) else value
