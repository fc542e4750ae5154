"""CSV, as text in every column; a row with too few or too many columns is torn."""

import csv
from collections.abc import Iterator
from typing import IO, Any, Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from quartermaster.adapters.event_files.chunks import ALWAYS, NAMES, Chunk, Torn, batch_of
from quartermaster.adapters.event_files.errors import UnreadableFile
from quartermaster.core.usage.events import Rejection

_BLOCK_BYTES: Final = 4 << 20
_HEADER_BYTES: Final = 64 << 10
_CELL_BYTES: Final = 64 << 10
"""A longer cell is the rest of the file behind a quote that is never closed."""
_NO_ROWS: Final = "Empty CSV file"


def chunks(stream: IO[bytes]) -> Iterator[Chunk]:
    """The rows behind the header; blank lines are no rows. Quoted cells may hold line ends."""
    head = stream.readline(_HEADER_BYTES)
    header = _header(head)
    torn: list[Torn] = []
    first_row = 0
    try:
        for batch in _reader(stream, header, torn):
            _check_quotes(batch, torn)
            chunk = _placed(batch, first_row, torn)
            first_row = chunk.next_row
            yield chunk
    except pa.ArrowInvalid as no:
        if str(no) != _NO_ROWS:
            raise _explained(str(no), header) from no
    if torn:
        nothing = batch_of({}, 0)
        _check_quotes(nothing, torn)
        yield _placed(nothing, first_row, torn)


def check_header(names: list[str]) -> None:
    """Refuses columns from which no event can be made, naming the first that is missing."""
    found = f"found {', '.join(names)[:300]}"
    for name in NAMES:
        if names.count(name) > 1:
            raise UnreadableFile(f"column {name!r} stands in the header twice", field=name)
    for name in ALWAYS:
        if name not in names:
            raise UnreadableFile(f"column {name!r} is missing; {found}", field=name)
    if "type" in names:
        return
    if "user" not in names:
        raise UnreadableFile(f"column 'user' is missing; {found}", field="user")
    if not {"direction", "sender"} & set(names):
        missing = "column 'direction' (or 'sender') is missing"
        raise UnreadableFile(f"{missing}; {found}", field="direction")


def _header(head: bytes) -> list[str]:
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as no:
        raise UnreadableFile("line 1 is not UTF-8 text") from no
    if "\0" in text:
        raise UnreadableFile("line 1 is not UTF-8 text")
    names = next(csv.reader([text]), [])
    if not names:
        raise UnreadableFile("line 1 must name the columns, it is empty")
    check_header(names)
    return names


def _reader(stream: IO[bytes], header: list[str], torn: list[Torn]) -> arrow_csv.CSVStreamingReader:
    latest = -1

    def tear(row: Any) -> Literal["skip"]:
        nonlocal latest
        row_number = row.number - 1  # Arrow counts from 1, and may tell the first ones twice.
        if row_number <= latest:
            return "skip"
        latest = row_number
        reason = f"has {row.actual_columns} columns, the header has {row.expected_columns}"
        torn.append(Torn(Rejection(row_number, None, "wrong_columns", reason), row.text))
        return "skip"

    return arrow_csv.open_csv(
        stream,
        read_options=arrow_csv.ReadOptions(
            use_threads=False, block_size=_BLOCK_BYTES, column_names=header
        ),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=tear),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=list(NAMES),
            include_missing_columns=True,
            column_types={name: pa.string() for name in NAMES},
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _placed(batch: pa.RecordBatch, first_row: int, torn: list[Torn]) -> Chunk:
    """Gives the batch its rows in the file; takes from `torn` those between and before them.

    Arrow reads ahead, so later ones may stand in `torn` already.
    """
    next_row = first_row + batch.num_rows
    between = 0
    while between < len(torn) and torn[between].rejection.index < next_row + (batch.num_rows == 0):
        between += 1
        next_row += 1
    numbers = np.arange(first_row, next_row)
    gone = [each.rejection.index - first_row for each in torn[:between]]
    chunk = Chunk(first_row, next_row, np.delete(numbers, gone), batch, torn[:between])
    del torn[:between]
    return chunk


def _check_quotes(batch: pa.RecordBatch, torn: list[Torn]) -> None:
    longest = max((len(each.text) for each in torn), default=0)
    for name in NAMES:
        cells: Any = batch.column(name)
        longest = max(longest, pc.max(pc.binary_length(cells)).as_py() or 0)
    if longest > _CELL_BYTES:
        raise UnreadableFile(f"a cell of {longest} bytes: a quote is opened and never closed")


def _explained(reason: str, header: list[str]) -> UnreadableFile:
    if "UTF8" in reason:
        place = reason.partition("#")[2].partition(":")[0]
        name = header[int(place)] if place.isdigit() and int(place) < len(header) else None
        row = int(reason.partition("Row #")[2].partition(":")[0]) - 1
        return UnreadableFile(f"column {name!r}, row {row}: not UTF-8 text", field=name)
    if "straddling" in reason:
        return UnreadableFile("a quote is opened and never closed")
    return UnreadableFile(reason)
