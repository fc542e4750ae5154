"""Credit that has expired lapses."""

from datetime import datetime

from django.db import transaction

from quartermaster.store.people import operations as people
from quartermaster.store.wallets import operations as wallets
from quartermaster.usecases.credits import _lapsing


def lapse_credits(at: datetime) -> int:
    """Lapses what has expired by `at`, one transaction per workspace; how many lots."""
    lots = 0
    for workspace in wallets.due_workspaces(at):
        with transaction.atomic():
            people.lock_workspace(workspace)
            lots += _lapsing.lapse_due(workspace, at)
    return lots
