"""The one place where the time comes from."""

from datetime import UTC, datetime

from quartermaster.core.lifecycles import clocks
from quartermaster.store.people.models import Workspace


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def of(workspace: Workspace | None) -> datetime:
    """What a workspace's clock says; None: what concerns all of them goes by the world's."""
    return now() if workspace is None else clocks.read(workspace.frozen_at, now())
