"""Door and gate behind one address, as the server has them, with a clock to turn."""

from typing import Any

from quartermaster.adapters.event_log.appender import LogAppender
from quartermaster.interfaces.ingest.commits import GroupCommit
from quartermaster.interfaces.ingest.directory import Directory
from quartermaster.interfaces.ingest.door import Door
from quartermaster.interfaces.ingest.entitlements import address as entitlements
from quartermaster.interfaces.ingest.gate import Gate
from tests.books import NOW
from tests.interfaces import database


class Front:
    """An ASGI application. All requests must come by one event loop."""

    def __init__(self) -> None:
        self.seconds = 0.0
        url = database.url()
        directory = Directory(url, lambda: self.seconds)
        self._door = Door(directory, GroupCommit(LogAppender(url)), lambda: NOW)
        self._gate = Gate(url, lambda: NOW)
        self._entitlements = entitlements.EntitlementReader(url, lambda: NOW, lambda: self.seconds)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/v1/events":
            await self._door(scope, receive, send)
        elif entitlements.PATH.fullmatch(scope["path"]):
            await self._entitlements(scope, receive, send)
        else:
            await self._gate(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def close(self) -> None:
        """Lets go of the database."""
        await self._door.close()
        await self._gate.close()
        await self._entitlements.close()
