"""Who may come in and which bots there are: read from the database, remembered for seconds."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Final, LiteralString, cast

from quartermaster.interfaces.ingest.connection import Connection

_FOLDER: Final = resources.files(__package__).joinpath("sql")
_FIND_KEY: Final[LiteralString] = _FOLDER.joinpath("find_key.sql").read_text()
_BOT_NAMES: Final[LiteralString] = _FOLDER.joinpath("bot_names.sql").read_text()
_FRESH_SECONDS: Final = 5.0
_MOST_KEYS: Final = 10_000
_Found = tuple[int | None, bool, datetime | None]
_NOBODY: Final[_Found] = (None, False, None)


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workspace as the door needs it: where its clock stands, or None."""

    workspace: int
    frozen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Remembered:
    value: Tenant | Mapping[str, int] | None
    until: float


class Directory:
    """Keys and bots, each at most five seconds old: a revoked key works that long. Test workspaces
    are not remembered, so that events go by their clocks at once.

    `ticks` gives seconds that only go forward.
    """

    def __init__(self, database_url: str, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._connection = Connection(database_url)
        self._workspaces: dict[bytes, _Remembered] = {}
        self._bots: dict[int, _Remembered] = {}

    async def find_workspace(self, secret: str) -> Tenant | None:
        """The workspace of a bearer key."""
        digest = hashlib.sha256(secret.encode()).digest()
        known = self._workspaces.get(digest)
        if known is None or known.until < self._ticks():
            rows = await self._connection.rows(_FIND_KEY, {"digest": digest})
            workspace, is_test, frozen_at = cast("_Found", rows[0]) if rows else _NOBODY
            tenant = None if workspace is None else Tenant(workspace, frozen_at)
            if is_test:
                return tenant
            known = self._fresh(tenant)
            if len(self._workspaces) >= _MOST_KEYS:
                self._workspaces.clear()
            self._workspaces[digest] = known
        return cast("Tenant | None", known.value)

    async def bots(self, workspace: int, wanted: set[str]) -> Mapping[str, int]:
        """Name → id of the workspace's bots. Read again at once if one of the wanted is not among
        them, so that a bot serves from its first event on."""
        known = self._bots.get(workspace)
        if known is not None and known.until >= self._ticks():
            names = cast("Mapping[str, int]", known.value)
            if wanted <= names.keys():
                return names
        return await self._read_bots(workspace)

    async def _read_bots(self, workspace: int) -> Mapping[str, int]:
        rows = await self._connection.rows(_BOT_NAMES, {"workspace": workspace})
        names = {cast("str", name): cast("int", bot) for name, bot in rows}
        self._bots[workspace] = self._fresh(names)
        return names

    def _fresh(self, value: Tenant | Mapping[str, int] | None) -> _Remembered:
        return _Remembered(value, self._ticks() + _FRESH_SECONDS)

    async def close(self) -> None:
        """Lets go of the connection."""
        await self._connection.close()
