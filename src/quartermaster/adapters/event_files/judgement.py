"""Which rows of a batch are events and of which kind, as `core.usage.events` would say row by row.

Rows alike in their few-valued columns and in which fields they have share one judgement; only rows
with an unusual id, time or text are looked at one by one.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from quartermaster.adapters.event_files import instants, rows
from quartermaster.core.usage import events
from quartermaster.core.usage.state import Flags, Ints

_FEW_VALUED: Final = ("type", "sender", "direction", "developer", "product")
_TEXTS: Final = ("user", "conversation", "channel", "agent", "device")
_NOT_FIT: Final = -1
_CONTROLS: Final = "[\\x00-\\x1f]"
_DENSE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch's rows: whether each is an event, its kind and its time."""

    is_event: Flags
    kind: NDArray[np.uint8]
    time: Ints


def judged(batch: pa.RecordBatch) -> Judged:
    """Judges a batch whose text columns, but for id and time, are dictionaries."""
    kind = _kinds(batch)
    time, is_sure = instants.micros(batch.column("time"))
    is_sure &= _is_plain(batch.column("id"))
    for name in _TEXTS:
        column: Any = batch.column(name)
        if column.null_count < len(column):
            plain = np.append(_is_plain(column.dictionary), True)
            is_sure &= plain[codes(column)]
    doubtful = np.flatnonzero(~is_sure & (kind != _NOT_FIT))
    if len(doubtful):
        time = time.copy()  # what Arrow holds cannot be written to
        kind[doubtful], time[doubtful] = _one_by_one(batch.take(doubtful))
    is_event = kind != _NOT_FIT
    return Judged(is_event, np.where(is_event, kind, 0).astype(np.uint8), time)


def codes(column: Any) -> NDArray[np.int32]:
    """The codes of a dictionary column, -1 for null."""
    found: NDArray[np.int32] = column.indices.cast(pa.int32()).fill_null(-1).to_numpy()
    return found


def _kinds(batch: pa.RecordBatch) -> Ints:
    """The kind of each row by an example of every combination there is; -1 for no event."""
    shape = np.zeros(batch.num_rows, np.int64)
    size = 1
    for name in (*_FEW_VALUED, "bot", *_TEXTS):
        column: Any = batch.column(name)
        if column.null_count == len(column):
            continue
        many = len(column.dictionary) + 1 if name in _FEW_VALUED else 2
        code = codes(column) + 1
        shape = shape * many + (code if name in _FEW_VALUED else code > 0)
        size *= many
        if size > _DENSE:
            distinct, shape = np.unique(shape, return_inverse=True)
            size = len(distinct)
    example = np.full(size, -1)
    example[shape[::-1]] = np.arange(batch.num_rows)[::-1]
    is_used = example >= 0
    kinds = np.full(size, _NOT_FIT)
    kinds[is_used] = _one_by_one(_examples(batch, example[is_used]))[0]
    return kinds[shape]


def _examples(batch: pa.RecordBatch, places: Ints) -> pa.RecordBatch:
    """Rows with nothing wrong in what is not the same for all rows of their shape."""
    found = batch.take(places)
    columns = []
    for name, column in zip(found.schema.names, found.columns, strict=True):
        if name == "id":
            column = pa.array(["x"] * len(places))
        elif name == "time":
            column = pa.array(["2000-01-01T00:00:00Z"] * len(places))
        elif name in _TEXTS:
            column = pc.if_else(column.is_valid(), "x", pa.scalar(None, pa.string()))
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=found.schema.names)


def _one_by_one(batch: pa.RecordBatch) -> tuple[Ints, Ints]:
    """Kinds and times by the core's own judgement; kind -1 for no event."""
    found, faults = rows.built(batch)
    fit = [(place, event) for place, event in enumerate(found) if place not in faults]
    bots = {event.bot: 0 for _, event in fit}
    accepted, rejected = events.accept(fit, instants.ALL_TIME, bots)
    places = sorted({place for place, _ in fit} - {each.index for each in rejected})
    kind, time = np.full(len(found), _NOT_FIT), np.zeros(len(found), np.int64)
    kind[places], time[places] = accepted.kind, accepted.time
    return kind, time


def _is_plain(texts: Any) -> Flags:
    """Whether each text is surely fit: there, not long, no control characters."""
    length = pc.binary_length(texts).fill_null(0).to_numpy(zero_copy_only=False)
    plain: Flags = (length > 0) & (length <= events.TEXT_LIMIT)
    _, _, content = texts.buffers()
    if content is not None and (np.frombuffer(memoryview(content), np.uint8) < ord(" ")).any():
        controls = pc.match_substring_regex(texts, _CONTROLS).fill_null(True)
        plain &= ~controls.to_numpy(zero_copy_only=False)
    return plain
