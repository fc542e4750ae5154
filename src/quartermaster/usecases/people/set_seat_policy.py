"""The operator says what becomes of agents beyond the seats that were bought."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles import clocks
from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace


def set_seat_policy(workspace: Workspace, policy: SeatPolicy, at: datetime) -> None:
    """For all the workspace's bots, from now on: overage is billed for the time in which it is the
    policy. Whoever has a seat keeps it."""
    with transaction.atomic():
        locked = people.lock_workspace(workspace.id)
        people.set_seat_policy(workspace.id, policy, clocks.read(locked.frozen_at, at))
