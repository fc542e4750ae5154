"""The SQLite file. Writers wait for each other here, so that none of them has to at the file."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, Final

FILE: Final = "payments.sqlite3"
_BUSY_SECONDS: Final = 30.0
_one_writer = threading.Lock()
_thread = threading.local()


def create(folder: Path) -> None:
    """Makes the file, or adds what it lacks."""
    schema = (resources.files(__package__) / "schema.sql").read_text(encoding="utf-8")
    db = _connect(folder / FILE)
    db.execute("pragma journal_mode = wal")
    db.executescript(schema)
    if "lost_minor" not in {row["name"] for row in db.execute("pragma table_info(payment)")}:
        db.execute("alter table payment add column lost_minor integer not null default 0")
    db.close()


class Store:
    """The file of one folder; each thread has a connection of its own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, alone among writers; rolled back where something is raised."""
        db = self._connection()
        with _one_writer:
            db.execute("begin immediate")
            try:
                yield db
            except BaseException:
                db.execute("rollback")
                raise
            db.execute("commit")

    def reading(self) -> sqlite3.Connection:
        """For single statements that change nothing."""
        return self._connection()

    def _connection(self) -> sqlite3.Connection:
        if getattr(_thread, "path", None) != self._path:
            _thread.path, _thread.db = self._path, _connect(self._path)
        db: sqlite3.Connection = _thread.db
        return db


def insert(db: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    """One row; table and columns are names of ours."""
    places = ", ".join(f":{name}" for name in row)
    db.execute(f"insert into {table} ({', '.join(row)}) values ({places})", row)


def update(db: sqlite3.Connection, table: str, row: str | int, /, **changes: Any) -> None:
    """Columns of the row with this id; table and columns are names of ours."""
    columns = ", ".join(f"{name} = :{name}" for name in changes)
    db.execute(f"update {table} set {columns} where id = :_row", {**changes, "_row": row})


def new_id(prefix: str) -> str:
    """An id that nobody can guess: who knows that of a payment may pay it."""
    return f"{prefix}_{secrets.token_hex(16)}"


def instant(at: datetime) -> str:
    """As it is stored."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("pragma foreign_keys = on")
    db.execute("pragma synchronous = normal")
    return db
