"""Bots' owners are told in time that their support plan is renewed."""

from datetime import datetime

from quartermaster.store.subscriptions import queries
from quartermaster.usecases.subscriptions.reminders import _reminding


def remind_renewals(at: datetime, workspace: int | None = None) -> int:
    """How many were told of: five days before the renewal, once for each however often this runs;
    later where it did not run then, but not after it."""
    found = queries.support_renewing(at + _reminding.AHEAD, workspace)
    return sum(_reminding.remind(which, at) for _, which in _reminding.due(found))
