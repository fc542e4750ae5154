"""Lists however long, as CSV or NDJSON, piece by piece."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from quartermaster.core.formats import csv_text


def as_ndjson(names: Sequence[str], parts: Iterable[list[Any]]) -> Iterator[bytes]:
    """One object a line, of rows under these names."""
    encoder = msgspec.json.Encoder()
    for rows in parts:
        yield encoder.encode_lines([dict(zip(names, row, strict=True)) for row in rows])


FORMS: Final[dict[str, Callable[[Sequence[str], Iterable[list[Any]]], Iterator[bytes]]]] = {
    "text/csv": csv_text.whole,
    "application/x-ndjson": as_ndjson,
}
ENDINGS: Final = {"text/csv": "csv", "application/x-ndjson": "ndjson"}
