"""The way to the database for reads, one at a time."""

import asyncio
from collections.abc import Mapping
from typing import LiteralString

import psycopg


class DatabaseAway(OSError):
    """The database did not answer; the same may be asked again."""


class Connection:
    """One connection, made at first use. A read that finds it broken is tried once more, on a new
    one: it may have lain idle while the database restarted. One that says nothing for
    `patience_seconds` is left behind, and those who waited behind it are told so in their turn."""

    def __init__(self, database_url: str, patience_seconds: float = 8.0) -> None:
        self._database_url = database_url
        self._patience_seconds = patience_seconds
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self._lock = asyncio.Lock()

    async def rows(
        self, statement: LiteralString, parameters: Mapping[str, object]
    ) -> list[tuple[object, ...]]:
        """What a prepared statement finds; raises `DatabaseAway`."""
        lock = self._lock
        reading = asyncio.ensure_future(self._rows(statement, parameters))
        try:
            await asyncio.wait({reading}, timeout=self._patience_seconds)
            if reading.done():
                return reading.result()
            if self._lock is lock:  # nobody before us has begun anew
                self._lock, self._connection = asyncio.Lock(), None
            raise DatabaseAway("the database says nothing")
        finally:
            reading.cancel()

    async def _rows(
        self, statement: LiteralString, parameters: Mapping[str, object]
    ) -> list[tuple[object, ...]]:
        async with self._lock:
            tries = 1 if self._connection is None else 2
            while True:
                try:
                    return await self._read(statement, parameters)
                except psycopg.OperationalError as away:
                    is_broken = self._connection is None or self._connection.closed
                    await self.close()
                    tries -= 1
                    if not tries or not is_broken:
                        raise DatabaseAway(str(away)) from away

    async def _read(
        self, statement: LiteralString, parameters: Mapping[str, object]
    ) -> list[tuple[object, ...]]:
        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(
                self._database_url,
                autocommit=True,
                connect_timeout=5,
                tcp_user_timeout=5_000,
                options="-c statement_timeout=5s",
            )
        cursor = await self._connection.execute(statement, parameters, prepare=True, binary=True)
        return await cursor.fetchall()

    async def close(self) -> None:
        """Lets go of it; the next read makes a new one."""
        broken, self._connection = self._connection, None
        if broken is not None:
            await broken.close()
