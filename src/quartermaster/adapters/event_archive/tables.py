"""Events as Arrow tables: the columns of a file of the archive."""

import hashlib
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from quartermaster.core.usage import events
from quartermaster.core.usage.state import Ints
from quartermaster.usecases.ports import ArchivedRows, ArchivePiece

WORDS: Final = ("bot", "conversation", "user", "product", "agent", "device")
"""What a thread is about; so a file can be read without the database."""
_FIELDS: Final[list[Any]] = [
    pa.field("key", pa.binary(16), nullable=False),
    pa.field("content", pa.int64(), nullable=False),
    pa.field("thread", pa.int64(), nullable=False),
    pa.field("at", pa.timestamp("us", "UTC"), nullable=False),
    pa.field("channel", pa.string()),
    pa.field("kind", pa.int16(), nullable=False),
    pa.field("type", pa.string(), nullable=False),
    pa.field("sender", pa.string()),
    *(pa.field(name, pa.string()) for name in WORDS),
]
SCHEMA: Final = pa.schema(_FIELDS)
READ: Final = ["thread", "at", "channel", "kind"]


def table(piece: ArchivePiece) -> pa.Table:
    """The rows of a piece."""
    names = piece.channel_names
    kinds = {kind: events.described(kind) for kind in np.unique(piece.kind).tolist()}
    columns: list[Any] = [
        pa.Array.from_buffers(
            pa.binary(16), len(piece.key), [None, pa.py_buffer(piece.key.tobytes())]
        ),
        pa.array(piece.content),
        pa.array(piece.thread),
        pa.array(piece.time).cast(SCHEMA.field("at").type),
        _looked_up(piece.channel, lambda number: names.get(number)),
        pa.array(piece.kind.astype(np.int16)),
        *(_looked_up(piece.kind, lambda kind, at=at: kinds[kind][at]) for at in range(2)),
        *(
            _looked_up(piece.thread, lambda thread, at=at: piece.words[thread][at])
            for at in range(len(WORDS))
        ),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _looked_up(codes: Ints, name: Any) -> Any:
    """A column of texts, asked for once each."""
    unique, place = np.unique(codes, return_inverse=True)
    texts: Any = pa.array([name(code) for code in unique.tolist()], pa.string())
    return texts.take(pa.array(place))


def keys(found: pa.Table) -> NDArray[np.void]:
    """The column of keys."""
    column: Any = pa.concat_arrays(found.column("key").chunks)
    return np.frombuffer(column.buffers()[1], "V16")[column.offset :][: len(column)]


def rows(found: pa.Table, wanted: Ints) -> ArchivedRows:
    """The rows of these threads."""
    thread = found.column("thread").to_numpy()
    keep = np.flatnonzero(np.isin(thread, wanted))
    channel: Any = pa.concat_arrays(found.column("channel").chunks).dictionary_encode()
    return ArchivedRows(
        thread[keep],
        found.column("at").cast(pa.int64()).to_numpy()[keep],
        found.column("kind").to_numpy()[keep].astype(np.int64),
        channel.indices.fill_null(-1).to_numpy(zero_copy_only=False)[keep].astype(np.int64),
        channel.dictionary.to_pylist(),
    )


class Sum:
    """A hash over rows, to tell whether a file holds what was written to it."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=32)

    def add(self, found: pa.Table) -> None:
        """The next rows, in groups of the same sizes."""
        self._hash.update(keys(found).tobytes())
        for field in list(SCHEMA)[1:]:
            column: Any = pa.concat_arrays(found.column(field.name).chunks)
            if pa.types.is_string(field.type):
                column = column.dictionary_encode()
                self._hash.update(repr(column.dictionary.to_pylist()).encode())
                column = column.indices.fill_null(-1)
            self._hash.update(column.cast(pa.int64()).to_numpy(zero_copy_only=False).tobytes())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sum) and self._hash.digest() == other._hash.digest()

    def __hash__(self) -> int:
        return hash(self._hash.digest())
