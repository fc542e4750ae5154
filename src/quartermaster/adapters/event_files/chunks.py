"""A stretch of a file in one shape, whatever its format: the named columns as text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from quartermaster.core.usage.events import Rejection
from quartermaster.core.usage.state import Ints

NAMES: Final = (
    "id",
    "type",
    "time",
    "bot",
    "user",
    "sender",
    "direction",
    "conversation",
    "channel",
    "developer",
    "agent",
    "product",
    "device",
)
"""The columns that mean something. Any other, such as a message's text, is not even read."""

ALWAYS: Final = ("id", "time", "bot")
"""Without these columns there is nothing to import."""


@dataclass(frozen=True, slots=True)
class Torn:
    """A row that could not be taken apart into columns, as it stands in the file."""

    rejection: Rejection
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows [first_row, next_row) of a file: those with columns, and the torn ones between them.

    `batch` has a column for each of NAMES: text (or dictionaries of text), null where a row has no
    such field; `time` may be `timestamp[us, UTC]` instead. `numbers` is the row of each in the
    file, rising.
    """

    first_row: int
    next_row: int
    numbers: Ints
    batch: pa.RecordBatch
    torn: list[Torn]

    def part(self, start: int, end: int) -> "Chunk":
        """The rows of the file from `start` up to `end`."""
        low, high = np.searchsorted(self.numbers, [start, end]).tolist()
        return Chunk(
            start,
            end,
            self.numbers[low:high],
            self.batch.slice(low, high - low),
            [each for each in self.torn if start <= each.rejection.index < end],
        )


def parts(chunks: Iterable[Chunk], rows: int, start_row: int) -> Iterator[Chunk]:
    """The chunks cut to at most `rows` rows each, from `start_row` of the file on."""
    for chunk in chunks:
        start = max(chunk.first_row, start_row)
        while start < chunk.next_row:
            end = min(start + rows, chunk.next_row)
            yield chunk.part(start, end)
            start = end


def batch_of(columns: dict[str, Any], length: int) -> pa.RecordBatch:
    """A batch with every one of NAMES; those not given are null throughout."""
    nothing = pa.nulls(length, pa.string())
    arrays = [columns.get(name, nothing) for name in NAMES]
    return pa.RecordBatch.from_arrays(arrays, names=list(NAMES))
