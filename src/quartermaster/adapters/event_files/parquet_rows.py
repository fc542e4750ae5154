"""Parquet: text columns, times as text or as timestamps with a zone."""

from collections.abc import Iterator
from typing import IO, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from quartermaster.adapters.event_files import csv_rows
from quartermaster.adapters.event_files.chunks import NAMES, Chunk, batch_of
from quartermaster.adapters.event_files.errors import UnreadableFile

_ROWS: Final = 1 << 16
_MICROS: Final = pa.timestamp("us", "UTC")


def chunks(stream: IO[bytes]) -> Iterator[Chunk]:
    """All rows in order. Whole numbers are taken as text, a `developer` may be a boolean.

    A time without a zone refuses the file: which instants it means, nobody can tell.
    """
    file = pq.ParquetFile(stream)
    csv_rows.check_header(file.schema_arrow.names)
    present: list[str] = [name for name in NAMES if name in file.schema_arrow.names]
    for name in present:
        _check_type(name, file.schema_arrow.field(name).type)
    repeated = [
        name
        for name in present
        if name not in ("id", "time") and pa.types.is_string(file.schema_arrow.field(name).type)
    ]
    file = pq.ParquetFile(stream, read_dictionary=repeated)
    first_row = 0
    for batch in file.iter_batches(_ROWS, columns=present):
        next_row = first_row + batch.num_rows
        columns = {name: _column(name, batch.column(name)) for name in present}
        numbers = np.arange(first_row, next_row)
        yield Chunk(first_row, next_row, numbers, batch_of(columns, batch.num_rows), [])
        first_row = next_row


def _check_type(name: str, kind: pa.DataType) -> None:
    if name == "time" and pa.types.is_timestamp(kind):
        if kind.tz is None:
            reason = "column 'time' has timestamps without a time zone; write them with one (UTC)"
            raise UnreadableFile(reason, field=name)
        return
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    is_text = is_text or pa.types.is_string_view(kind) or pa.types.is_null(kind)
    is_number = pa.types.is_integer(kind) and name != "time"
    is_flag = pa.types.is_boolean(kind) and name == "developer"
    if not (is_text or is_number or is_flag):
        raise UnreadableFile(f"column {name!r} holds {kind}, it must be text", field=name)


def _column(name: str, array: Any) -> Any:
    if pa.types.is_timestamp(array.type):
        return pc.cast(array, _MICROS, safe=False)
    if isinstance(array, pa.DictionaryArray) and name in ("id", "time"):
        array = array.dictionary_decode()
    if isinstance(array, pa.DictionaryArray):
        values = _text(array.dictionary)
        if not _has_empty(values):
            return pa.DictionaryArray.from_arrays(array.indices, values)
        array = array.cast(values.type)
    text: Any = _text(array)
    return pc.if_else(pc.equal(text, pa.scalar("")), None, text) if _has_empty(text) else text


def _text(array: Any) -> Any:
    return array if pa.types.is_string(array.type) else pc.cast(array, pa.string())


def _has_empty(text: Any) -> bool:
    return bool(pc.min(pc.binary_length(text)).as_py() == 0)
