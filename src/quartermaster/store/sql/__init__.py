"""SQL as source: named queries from `.sql` files, and columns as array parameters.

A query file holds statements under `-- name: xyz` lines, each followed by a sentence on what it
does. Columns travel as PostgreSQL's binary arrays, encoded whole by NumPy: set-wise statements
(`unnest`) without a Python object per value. New rows by the thousand go out by binary COPY,
encoded in the same way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from itertools import chain
from typing import Any, Final, LiteralString

import numpy as np
import psycopg
from django.db import connection, transaction
from numpy.typing import NDArray
from psycopg import pq
from psycopg.adapt import Dumper
from psycopg.rows import TupleRow, tuple_row

POSTGRES_EPOCH: Final = 946_684_800_000_000
"""2000-01-01 in microseconds since 1970: where PostgreSQL's own count begins."""

_COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END: Final = b"\xff\xff"
_TEXT_OID: Final = 25
_NULL: Final = b"\xff\xff\xff\xff"

Keys = NDArray[np.void]
"""Sixteen bytes each (dtype V16)."""

_TYPES: Final = {  # element oid, array oid, NumPy type of the element on the wire
    "bigint": (20, 1016, ">i8"),
    "integer": (23, 1007, ">i4"),
    "smallint": (21, 1005, ">i2"),
    "timestamptz": (1184, 1185, ">i8"),
    "boolean": (16, 1000, "?"),
    "uuid": (2950, 2951, "V16"),
}


class Column:
    """One column of rows to be sent, as NumPy has it; `lengths` are the bytes of labels."""

    __slots__ = ("kind", "lengths", "nulls", "values")

    def __init__(self, kind: str, values: NDArray[Any], nulls: NDArray[np.bool_] | None = None):
        self.kind, self.values = kind, values
        self.nulls = nulls if nulls is not None and nulls.any() else None
        self.lengths = np.char.str_len(values) if kind == "label" else None

    @property
    def wire(self) -> np.dtype[Any]:
        """How PostgreSQL has one value."""
        return self.values.dtype if self.kind == "label" else np.dtype(_TYPES[self.kind][2])

    @property
    def array_oid(self) -> int:
        """PostgreSQL's number for arrays of its kind."""
        return _TYPES[self.kind][1]

    def array(self) -> bytes:
        """The column as a binary array parameter."""
        element = _TYPES[self.kind][0]
        if not len(self.values):
            return np.array([0, 0, element], ">i4").tobytes()
        header = np.array([1, int(self.nulls is not None), element, len(self.values), 1], ">i4")
        return header.tobytes() + _cells([self], [])


def _cells(columns: Sequence[Column], head: Sequence[tuple[str, str]]) -> bytes:
    """Row by row each value behind its size in bytes; -1 and nothing for NULL. `head` are fields
    before each row's own, which hold the number of columns."""
    form: list[tuple[str, Any]] = list(head)
    for place, column in enumerate(columns):
        form += [(f"size {place}", ">i4"), (f"value {place}", column.wire)]
    cells = np.empty(len(columns[0].values), form)
    for name, _ in head:
        cells[name] = len(columns)
    kept = None
    for place, column in enumerate(columns):
        width = column.wire.itemsize
        cells[f"size {place}"] = width if column.lengths is None else column.lengths
        cells[f"value {place}"] = column.values
        if column.nulls is None and column.lengths is None:
            continue
        if kept is None:
            kept = np.ones((len(cells), cells.dtype.itemsize), np.bool_)
        start = cells.dtype.fields[f"value {place}"][1]  # type: ignore[index]
        if column.lengths is not None:
            kept[:, start : start + width] = np.arange(width) < column.lengths[:, None]
        if column.nulls is not None:
            cells[f"size {place}"][column.nulls] = -1
            kept[column.nulls, start : start + width] = False
    if kept is None:
        return cells.tobytes()
    return cells.view(np.uint8).reshape(kept.shape)[kept].tobytes()


class _ColumnDumper(Dumper):
    format = pq.Format.BINARY

    def __init__(self, cls: type, context: Any = None, array_oid: int = 0) -> None:
        super().__init__(cls, context)
        self.oid = array_oid

    def get_key(self, obj: Column, format: Any) -> Any:  # noqa: A002
        return (self.cls, obj.array_oid)

    def upgrade(self, obj: Column, format: Any) -> "_ColumnDumper":  # noqa: A002
        return _ColumnDumper(self.cls, None, obj.array_oid)

    def dump(self, obj: Column) -> bytes:
        return obj.array()


def bigints(values: Any) -> Column:
    """A bigint[] parameter."""
    return Column("bigint", np.asarray(values, np.int64))


def integers(values: Any) -> Column:
    """An integer[] parameter."""
    return Column("integer", np.asarray(values, np.int64))


def smallints(values: Any) -> Column:
    """A smallint[] parameter."""
    return Column("smallint", np.asarray(values, np.int64))


def booleans(values: Any) -> Column:
    """A boolean[] parameter."""
    return Column("boolean", np.asarray(values, np.bool_))


def uuids(values: Keys) -> Column:
    """A uuid[] parameter from sixteen bytes each."""
    return Column("uuid", values)


def nullable_bigints(values: Sequence[int | None]) -> Column:
    """A bigint[] parameter with NULL for None."""
    nulls = np.array([value is None for value in values], np.bool_)
    return Column("bigint", np.array([value or 0 for value in values], np.int64), nulls)


def instants(micros: Any, none: int | None = None) -> Column:
    """A timestamptz[] parameter from microseconds since 1970; `none` stands for NULL."""
    values = np.asarray(micros, np.int64)
    if none is None:
        return Column("timestamptz", values - POSTGRES_EPOCH)
    nulls = values == none
    return Column("timestamptz", np.where(nulls, 0, values - POSTGRES_EPOCH), nulls)


def labels(values: Any) -> Column:
    """A column of an enumerated type for `copy`, from ASCII labels (NumPy's dtype S)."""
    return Column("label", np.asarray(values, np.bytes_))


class Texts:
    """A text[] parameter with NULL for None."""

    __slots__ = ("values",)

    def __init__(self, values: Sequence[str | None]) -> None:
        self.values = values

    def array(self) -> bytes:
        """In PostgreSQL's binary form."""
        if not self.values:
            return np.array([0, 0, _TEXT_OID], ">i4").tobytes()
        header = np.array([1, 1, _TEXT_OID, len(self.values), 1], ">i4")
        cells = [b"" if one is None else one.encode() for one in self.values]
        sizes = [
            _NULL if one is None else len(cell).to_bytes(4, "big")
            for one, cell in zip(self.values, cells, strict=True)
        ]
        return header.tobytes() + b"".join(chain.from_iterable(zip(sizes, cells, strict=True)))


class _TextsDumper(Dumper):
    format = pq.Format.BINARY
    oid = 1009

    def dump(self, obj: Texts) -> bytes:
        return obj.array()


def keys(values: Sequence[bytes]) -> Keys:
    """Sixteen-byte keys as a column."""
    return np.frombuffer(b"".join(values), "V16")


class Queries(Mapping[str, LiteralString]):
    """The named statements of one package's `sql` folder."""

    def __init__(self, package: str) -> None:
        self._by_name: dict[str, LiteralString] = {}
        for file in sorted(resources.files(package).joinpath("sql").iterdir(), key=str):
            for part in re.split(r"^-- name: ", file.read_text(), flags=re.M)[1:]:
                name, _, text = part.partition("\n")
                statement = re.sub(r"^--.*\n", "", text, flags=re.M).strip().rstrip(";")
                if self._by_name.setdefault(name.strip(), statement) is not statement:
                    raise ValueError(f"{package}: two statements are named {name.strip()}")

    def __getitem__(self, name: str) -> LiteralString:
        return self._by_name[name]

    def __iter__(self) -> Any:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


def rows(statement: LiteralString, **parameters: Any) -> list[TupleRow]:
    """Runs a statement on Django's connection, in its transaction, and fetches all rows."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def together(statements: Sequence[LiteralString]) -> LiteralString:
    """Several statements with the same columns as one; before each row stands the place of its
    statement."""
    several = [f"select {n}, found.* from ({one}) found" for n, one in enumerate(statements)]
    return " union all ".join(several)


def run(statement: LiteralString, **parameters: Any) -> int:
    """Runs a statement that returns nothing; the number of rows it touched."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def packed(statement: LiteralString, wire: np.dtype[Any], **parameters: Any) -> NDArray[Any]:
    """Rows that the statement has packed into one bytea, big-endian, as a structured array."""
    (found,) = rows(statement, **parameters)[0]
    return np.frombuffer(found or b"", wire).astype(wire.newbyteorder("="))


def stream(
    statement: LiteralString, wire: np.dtype[Any], count: int, **parameters: Any
) -> Iterator[NDArray[Any]]:
    """Rows that the statement has packed into a bytea each, `count` at a time: however many there
    are, no more than that is held. In the caller's transaction."""
    run("set local cursor_tuple_fraction = 1")  # all of them will be fetched
    connection.ensure_connection()
    cursor = psycopg.ServerCursor[TupleRow](connection.connection, "stream", row_factory=tuple_row)
    cursor.format = pq.Format.BINARY
    with connection.wrap_database_errors, cursor:
        cursor.execute(statement, parameters, binary=True)
        while found := cursor.fetchmany(count):
            joined = b"".join(row for (row,) in found)
            yield np.frombuffer(joined, wire).astype(wire.newbyteorder("="))


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is of one moment, and nothing can be written; inside a transaction
    of the caller, whatever that says."""
    is_ours = not connection.in_atomic_block
    with transaction.atomic():
        if is_ours:
            run("set transaction isolation level repeatable read, read only")
        yield


def copy(statement: LiteralString, *columns: Column) -> None:
    """Sends rows by binary COPY: the statement names the table and its columns in this order."""
    if not len(columns[0].values):
        return
    with _cursor() as cursor, cursor.copy(statement) as stream:
        stream.write(_COPY_HEAD + _cells(columns, [("count", ">i2")]) + _COPY_END)


def copy_rows(statement: LiteralString, rows: Iterable[Sequence[object]]) -> None:
    """The same for rows of any values, texts among them, encoded one by one."""
    with _cursor() as cursor, cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(row)


def allocate(sequence: LiteralString, count: int) -> NDArray[np.int64]:
    """Fresh ids, ascending."""
    taken = packed(
        "select string_agg(int8send(nextval(%(sequence)s::regclass)), ''::bytea) "
        "from generate_series(1, %(count)s)",
        np.dtype(">i8"),
        sequence=sequence,
        count=count,
    )
    taken.sort()
    return taken


@contextmanager
def _cursor() -> Iterator[psycopg.Cursor[TupleRow]]:
    """Parameters bound by the server and binary results, which Django's own cursor does without."""
    connection.ensure_connection()
    cursor = psycopg.Cursor[TupleRow](connection.connection, row_factory=tuple_row)
    cursor.format = pq.Format.BINARY
    cursor.adapters.register_dumper(Column, _ColumnDumper)
    cursor.adapters.register_dumper(Texts, _TextsDumper)
    with connection.wrap_database_errors, cursor:
        yield cursor
