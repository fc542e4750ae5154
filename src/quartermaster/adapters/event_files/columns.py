"""Whole files → columns, for an estimate: no object per row."""

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quartermaster.adapters.event_files import formats, hashing, judgement, limits
from quartermaster.adapters.event_files.chunks import NAMES, Chunk
from quartermaster.adapters.event_files.errors import UnreadableFile
from quartermaster.usecases.usage.estimate_sessions import EventColumns

_CODED: Final = ("bot", "user", "conversation", "channel")
_DICTIONARY: Final = pa.dictionary(pa.int32(), pa.string())


class _Gathered:
    """The columns as they grow, chunk by chunk."""

    def __init__(self) -> None:
        self.id: list[NDArray[Any]] = [np.empty(0, np.uint64)]
        self.time: list[NDArray[Any]] = [np.empty(0, np.int64)]
        self.kind: list[NDArray[Any]] = [np.empty(0, np.uint8)]
        self.coded: dict[str, list[Any]] = {name: [] for name in _CODED}
        self.rejected = 0

    def add(self, chunk: Chunk) -> None:
        """Takes what is an event and counts what is not."""
        batch = _encoded(chunk.batch)
        judged = judgement.judged(batch)
        fits = judged.is_event
        self.rejected += len(chunk.torn) + int(np.count_nonzero(~fits))
        self.id.append(hashing.hashes(batch.column("id"))[fits])
        self.time.append(judged.time[fits])
        self.kind.append(judged.kind[fits])
        keep = None if fits.all() else pa.array(fits)
        for name, found in self.coded.items():
            column = batch.column(name)
            found.append(column if keep is None else column.filter(keep))

    def columns(self) -> EventColumns:
        """All of it. The lists are emptied on the way, to need the room only once."""
        coded = {name: _unified(found) for name, found in self.coded.items()}
        return EventColumns(
            id=_joined(self.id),
            time=_joined(self.time),
            kind=_joined(self.kind),
            **{name: code for name, (code, _) in coded.items()},
            bots=coded["bot"][1],
            channels=coded["channel"][1],
            rejected=self.rejected,
        )


def columns(path: Path, most_rows: int | None = None) -> EventColumns:
    """All well-formed events of a file, however old; refusals: UnreadableFile.

    Needs about 33 bytes an event, and room for each distinct user and conversation. `most_rows`
    bounds that where the file is a stranger's: a small one may unpack to very much.
    """
    if most_rows is not None:
        limits.check(path, most_rows)
    gathered = _Gathered()
    for chunk in formats.chunks(path):
        if most_rows is not None and chunk.next_row > most_rows:
            raise UnreadableFile(f"{path.name}: more than {most_rows:,} rows")
        if chunk.next_row > chunk.first_row:
            gathered.add(chunk)
    return gathered.columns()


def _encoded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with all columns but id and time as dictionaries."""
    arrays = []
    for name in NAMES:
        column = batch.column(name)
        if name not in ("id", "time") and not isinstance(column, pa.DictionaryArray):
            column = column.dictionary_encode()
        arrays.append(column)
    return pa.RecordBatch.from_arrays(arrays, names=list(NAMES))


def _unified(chunks: list[Any]) -> tuple[NDArray[np.int32], list[str]]:
    typed: Any = _DICTIONARY
    whole: Any = pa.chunked_array(chunks, typed).unify_dictionaries()
    chunks.clear()
    found = [np.empty(0, np.int32), *(judgement.codes(chunk) for chunk in whole.chunks)]
    names = whole.chunk(0).dictionary.to_pylist() if whole.num_chunks else []
    return _joined(found), names


def _joined(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    whole = np.concatenate(arrays)
    arrays.clear()
    return whole
