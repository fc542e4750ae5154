"""Keys and bots in memory, for a door without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from quartermaster.interfaces.ingest.directory import Tenant


@dataclass
class MemoryDirectory:
    """Workspaces by key, each one's bots by name, and clocks that stand."""

    keys: dict[str, int] = field(default_factory=dict)
    names: dict[int, dict[str, int]] = field(default_factory=dict)
    frozen: dict[int, datetime] = field(default_factory=dict)

    async def find_workspace(self, secret: str) -> Tenant | None:
        """The workspace of a key."""
        workspace = self.keys.get(secret)
        return None if workspace is None else Tenant(workspace, self.frozen.get(workspace))

    async def bots(self, workspace: int, wanted: set[str]) -> Mapping[str, int]:
        """Its bots, wanted or not."""
        return self.names.get(workspace, {})

    async def close(self) -> None:
        """Nothing is held."""
