"""A connection that hangs is left behind; who waited behind it is told so, and the next one asks
on a new one."""

import asyncio

import pytest

from quartermaster.interfaces.ingest.connection import Connection, DatabaseAway
from tests.fakes.proxy import Proxy
from tests.interfaces import database

pytestmark = pytest.mark.django_db


def test_what_hangs_is_left_behind() -> None:
    proxy = Proxy(database.url())

    async def scene() -> None:
        connection = Connection(proxy.url, patience_seconds=0.7)
        assert await connection.rows("select 1", {}) == [(1,)]
        proxy.hung_at = b"select 2"
        hanging = [asyncio.create_task(connection.rows("select 2", {}))]
        await asyncio.sleep(0.2)
        hanging += [asyncio.create_task(connection.rows("select 3", {})) for _ in range(3)]
        begun = asyncio.get_running_loop().time()
        for one in hanging:
            with pytest.raises(DatabaseAway, match="says nothing"):
                await one
        again = [connection.rows(f"select {number}", {}) for number in range(4, 9)]
        assert await asyncio.gather(*again) == [[(number,)] for number in range(4, 9)]
        assert asyncio.get_running_loop().time() - begun < 3
        proxy.close()
        await connection.close()

    asyncio.run(scene())
