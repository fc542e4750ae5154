"""Credit that has expired lapses."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles import clocks
from quartermaster.store.people import operations as people
from quartermaster.store.wallets import operations as wallets
from quartermaster.usecases.credits import _lapsing


def lapse_credits(at: datetime) -> int:
    """Lapses what has expired by `at`, one transaction per workspace; how many lots. Where a clock
    stands, credit lapses as it is moved on."""
    lots = 0
    for workspace in wallets.due_workspaces(at):
        with transaction.atomic():
            locked = people.lock_workspace(workspace)
            lots += len(_lapsing.lapse_due(workspace, clocks.read(locked.frozen_at, at)))
    return lots
