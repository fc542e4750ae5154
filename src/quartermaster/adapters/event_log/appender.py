"""The log for the door: whole groups of submissions in one transaction, without Django."""

import asyncio
from importlib import resources
from typing import Final, LiteralString

import psycopg

from quartermaster.adapters.event_log import codec
from quartermaster.core.usage.events import Submission

_FOLDER: Final = resources.files(__package__).joinpath("sql")
_APPEND: Final[LiteralString] = _FOLDER.joinpath("append.sql").read_text()
_REJECT: Final[LiteralString] = _FOLDER.joinpath("reject.sql").read_text()
_MOST_REJECTIONS: Final = 1_000
"""Kept per submission; a client that sends worse is told all, but not all is kept."""


class NotAppended(OSError):
    """The log could not be reached or did not commit; the same may be sent again."""


class _Broken(psycopg.OperationalError):
    """The same may be tried on another connection: whatever was written counts once."""


class LogAppender:
    """Implements the door's `Appender` on one connection, made again when it breaks.

    A connection that lay idle may have broken unnoticed (a database restarted), so the first
    failure on it is tried again. Events that then stand in the log twice are told apart as repeats;
    rejections would be listed twice, so with any of them nothing is tried again after COMMIT.
    PostgreSQL sets no time limit on COMMIT, so `patience_seconds` does.
    """

    def __init__(self, database_url: str, patience_seconds: float = 15.0) -> None:
        self._database_url = database_url
        self._patience_seconds = patience_seconds
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None

    async def append(self, submissions: list[Submission]) -> None:
        """One transaction for all; `NotAppended` if it is not known to have been committed."""
        writing = asyncio.ensure_future(self._append(submissions))
        try:
            await asyncio.wait({writing}, timeout=self._patience_seconds)
            if writing.done():
                return writing.result()
            # A connection that hangs may hang in being given up, too: nobody waits for that.
            self._connection = None
            raise NotAppended("the database does not answer")
        finally:
            writing.cancel()

    async def _append(self, submissions: list[Submission]) -> None:
        try:
            was_idle = self._connection is not None and not self._connection.closed
            try:
                await self._write(submissions)
            except _Broken:
                if not was_idle:
                    raise
                await self._write(submissions)
        except psycopg.Error as failure:
            if isinstance(failure, psycopg.OperationalError):
                await self.close()
            raise NotAppended(str(failure)) from failure

    async def _write(self, submissions: list[Submission]) -> None:
        connection = await self._connected()
        columns, rejections = _columns(submissions), _rejections(submissions)
        may_repeat = True
        try:
            if not rejections["codes"]:  # One statement is a transaction, in one round trip.
                await connection.execute(_APPEND, columns, binary=True)
                return
            async with connection.transaction():
                await connection.execute(_APPEND, columns, binary=True)
                await connection.execute(_REJECT, rejections, binary=True)
                may_repeat = False
        except psycopg.OperationalError as failure:
            if connection.closed and may_repeat:
                raise _Broken(str(failure)) from failure
            raise

    async def _connected(self) -> "psycopg.AsyncConnection[tuple[object, ...]]":
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._database_url,
                autocommit=True,
                connect_timeout=5,
                tcp_user_timeout=15_000,
                options="-c statement_timeout=10s -c lock_timeout=5s",
            )
        return self._connection

    async def close(self) -> None:
        """Lets go of the connection; the next append makes a new one."""
        if self._connection is not None:
            await self._connection.close()


def _columns(submissions: list[Submission]) -> dict[str, list[object]]:
    return {
        "workspaces": [one.workspace for one in submissions],
        "requests": [one.request_id for one in submissions],
        "received": [one.received_at for one in submissions],
        "events": [len(one.accepted) for one in submissions],
        "rejected": [len(one.rejected) for one in submissions],
        "bodies": [
            codec.encode(one.accepted) if len(one.accepted) else None for one in submissions
        ],
    }


def _rejections(submissions: list[Submission]) -> dict[str, list[object]]:
    pairs = [(one, no) for one in submissions for no in one.rejected[:_MOST_REJECTIONS]]
    return {
        "workspaces": [one.workspace for one, _ in pairs],
        "requests": [one.request_id for one, _ in pairs],
        "indexes": [no.index for _, no in pairs],
        "ids": [codec.storable(no.id) for _, no in pairs],
        "codes": [no.code for _, no in pairs],
        "reasons": [no.reason for _, no in pairs],
        "fields": [no.field for _, no in pairs],
        "received": [one.received_at for one, _ in pairs],
    }
