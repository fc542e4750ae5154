"""Chunks → events, one object per row: what an import sends on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import compress, repeat
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa

from quartermaster.adapters.event_files.chunks import ALWAYS, Chunk
from quartermaster.core import periods
from quartermaster.core.usage.events import Event, Rejection

_DIRECTIONS: Final = {"inbound": "user", "outbound": "bot"}
_FLAGS: Final = {None: False, "true": True, "false": False, "1": True, "0": False}
_FLAGS.update({"True": True, "False": False, "TRUE": True, "FALSE": False})

Fault = tuple[str, str, str]
"""Code, reason, field."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows [first_row, next_row) of a file, counted from 0 behind any header, blank lines not.

    Each stands in `events` or, with that row as its index, in `rejected`; both rise by row. An
    import that was stopped goes on with `start_row=next_row` of the last rows it finished.
    """

    first_row: int
    next_row: int
    events: list[tuple[int, Event]]
    rejected: list[Rejection]
    _chunk: Chunk

    def raw(self, row: int) -> str:
        """What the file says in this row, for a list of rejects.

        A torn row or line as it stands, any other as JSON of the columns that have a meaning.
        """
        for torn in self._chunk.torn:
            if torn.rejection.index == row:
                return torn.text
        place = int(np.searchsorted(self._chunk.numbers, row))
        [fields] = self._chunk.batch.slice(place, 1).to_pylist()
        named = {name: value for name, value in fields.items() if value is not None}
        return msgspec.json.encode(named).decode()


def of(chunk: Chunk) -> Rows:
    """The events of a chunk, and its rejections: torn rows and rows that make no event."""
    numbers = chunk.numbers.tolist()
    events, faults = built(chunk.batch)
    if faults:
        ids = chunk.batch.column("id").to_pylist()
        fit = [place not in faults for place in range(len(events))]
        pairs = list(compress(zip(numbers, events, strict=True), fit))
    else:
        pairs = list(zip(numbers, events, strict=True))
    rejected = [Rejection(numbers[at], ids[at], *fault) for at, fault in faults.items()]
    rejected += [torn.rejection for torn in chunk.torn]
    rejected.sort(key=lambda each: each.index)
    return Rows(chunk.first_row, chunk.next_row, pairs, rejected, chunk)


def built(batch: pa.RecordBatch) -> tuple[list[Event], dict[int, Fault]]:
    """An event per row of the batch, and the places of those not to be used, each with why."""
    faults: dict[int, Fault] = {}
    times = _times(batch.column("time"), faults)
    senders = _senders(batch, faults)
    developers = _developers(batch, faults)
    for name in ALWAYS:
        column = batch.column(name)
        if column.null_count:
            for place in np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False)).tolist():
                faults[place] = ("missing", "every event needs it", name)
    types = _values(batch, "type")
    if isinstance(types, list) and batch.column("type").null_count:
        types = [kind or "message" for kind in types]
    events = map(
        Event,
        *(batch.column("id").to_pylist(), types, times, _values(batch, "bot")),
        *(_values(batch, "user"), senders),
        *(_values(batch, "conversation"), _values(batch, "channel"), developers),
        *(_values(batch, "agent"), _values(batch, "product"), _values(batch, "device")),
    )
    return list(events), faults


def _values(batch: pa.RecordBatch, name: str) -> Any:
    """The column as a list, or for ever its default where it has no value at all."""
    column: Any = batch.column(name)
    if column.null_count == len(column):
        return repeat("message" if name == "type" else None)
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    return column.to_pylist()


def _times(column: Any, faults: dict[int, Fault]) -> list[Any]:
    try:
        if not pa.types.is_timestamp(column.type):
            texts = column.to_pylist()
            return msgspec.convert(texts, list[datetime])
        since = column.cast(pa.int64()).fill_null(0).to_numpy().view("m8[us]").tolist()
        return list(map(periods.EPOCH.__add__, since))
    except msgspec.ValidationError:
        return list(_each_time(texts, _parse, faults))
    except OverflowError:
        return list(_each_time(since, periods.EPOCH.__add__, faults))


def _parse(text: str) -> datetime:
    return msgspec.convert(text, datetime)


def _each_time(
    values: list[Any], parse: Callable[[Any], datetime], faults: dict[int, Fault]
) -> Iterator[datetime | None]:
    for place, value in enumerate(values):
        try:
            yield parse(value)
        except (msgspec.ValidationError, OverflowError):
            reason = "must be a time of RFC 3339 such as 2026-01-31T09:30:00Z"
            faults[place] = ("invalid_time", reason, "time")
            yield None


def _senders(batch: pa.RecordBatch, faults: dict[int, Fault]) -> Any:
    senders = _values(batch, "sender")
    directions = _values(batch, "direction")
    if not isinstance(directions, list):
        return senders
    both = list(zip(senders, directions, strict=False))
    for place, (sender, direction) in enumerate(both):
        if sender is None and direction is not None and direction not in _DIRECTIONS:
            reason = "must be inbound or outbound"
            faults[place] = ("unknown_direction", reason, "direction")
    return [sender or _DIRECTIONS.get(direction) for sender, direction in both]


def _developers(batch: pa.RecordBatch, faults: dict[int, Fault]) -> Any:
    texts = _values(batch, "developer")
    if not isinstance(texts, list):
        return repeat(False)
    for place, text in enumerate(texts):
        if text not in _FLAGS:
            faults[place] = ("wrong_type", "must be true or false", "developer")
    return [_FLAGS.get(text, False) for text in texts]
