"""The operator stops the clock of a test workspace."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.clocks import ClockRuns
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace


def freeze_clock(workspace: Workspace, real_at: datetime) -> datetime:
    """From now on the clock stands at `real_at`; where it stands already, it stays. The instant.
    ClockRuns where the workspace is not for tests."""
    with transaction.atomic():
        locked = people.lock_workspace(workspace.id)
        if not locked.is_test:
            words = f"{workspace.name} is not a test workspace: its clock goes with the world's"
            raise ClockRuns(words, field="workspace")
        if locked.frozen_at is not None:
            return locked.frozen_at
        people.set_clock(workspace.id, real_at)
        return real_at
