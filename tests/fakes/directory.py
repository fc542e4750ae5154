"""Keys and bots in memory, for a door without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class MemoryDirectory:
    """Workspaces by key, and each one's bots by name."""

    keys: dict[str, int] = field(default_factory=dict)
    names: dict[int, dict[str, int]] = field(default_factory=dict)

    async def find_workspace(self, secret: str) -> int | None:
        """The workspace of a key."""
        return self.keys.get(secret)

    async def bots(self, workspace: int, wanted: set[str]) -> Mapping[str, int]:
        """Its bots, wanted or not."""
        return self.names.get(workspace, {})

    async def close(self) -> None:
        """Nothing is held."""
