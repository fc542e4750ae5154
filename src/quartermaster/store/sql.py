"""SQL as source: named queries from `.sql` files, and columns as array parameters.

A query file holds statements under `-- name: xyz` lines, each followed by a sentence on what it
does. Columns travel as PostgreSQL's binary arrays, encoded whole by NumPy: set-wise statements
(`unnest`) without a Python object per value.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from typing import Any, Final, LiteralString

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg import pq
from psycopg.adapt import Dumper
from psycopg.rows import TupleRow, tuple_row

POSTGRES_EPOCH: Final = 946_684_800_000_000
"""2000-01-01 in microseconds since 1970: where PostgreSQL's own count begins."""

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
    """One array parameter, already in PostgreSQL's binary form."""

    __slots__ = ("array_oid", "encoded")

    def __init__(self, kind: str, values: NDArray[Any], nulls: NDArray[np.bool_] | None = None):
        element, self.array_oid, wire = _TYPES[kind]
        has_nulls = nulls is not None and bool(nulls.any())
        header = np.array([1, int(has_nulls), element, len(values), 1], ">i4")
        if not len(values):
            self.encoded = np.array([0, 0, element], ">i4").tobytes()
            return
        cells = np.empty(len(values), [("size", ">i4"), ("value", wire)])
        cells["size"] = np.dtype(wire).itemsize
        cells["value"] = values
        if has_nulls and nulls is not None:
            self.encoded = header.tobytes() + _with_nulls(cells, nulls)
        else:
            self.encoded = header.tobytes() + cells.tobytes()


def _with_nulls(cells: NDArray[Any], nulls: NDArray[np.bool_]) -> bytes:
    gone = b"\xff\xff\xff\xff"
    return b"".join(
        gone if null else cell.tobytes() for cell, null in zip(cells, nulls, strict=True)
    )


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
        return obj.encoded


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
                self._by_name[name.strip()] = statement

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


def run(statement: LiteralString, **parameters: Any) -> int:
    """Runs a statement that returns nothing; the number of rows it touched."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def packed(statement: LiteralString, wire: np.dtype[Any], **parameters: Any) -> NDArray[Any]:
    """Rows that the statement has packed into one bytea, big-endian, as a structured array."""
    (found,) = rows(statement, **parameters)[0]
    return np.frombuffer(found or b"", wire).astype(wire.newbyteorder("="))


def allocate(sequence: LiteralString, count: int) -> list[int]:
    """Fresh ids, ascending."""
    taken = rows(
        "select nextval(%(sequence)s::regclass) from generate_series(1, %(count)s)",
        sequence=sequence,
        count=count,
    )
    return sorted(number for (number,) in taken)


@contextmanager
def _cursor() -> Iterator[psycopg.Cursor[TupleRow]]:
    """Parameters bound by the server and binary results, which Django's own cursor does without."""
    connection.ensure_connection()
    cursor = psycopg.Cursor[TupleRow](connection.connection, row_factory=tuple_row)
    cursor.format = pq.Format.BINARY
    cursor.adapters.register_dumper(Column, _ColumnDumper)
    with connection.wrap_database_errors, cursor:
        yield cursor
