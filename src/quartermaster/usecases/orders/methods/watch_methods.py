"""Whoever has saved a card is told in time that it expires."""

from datetime import datetime

from quartermaster.store.billing import queries
from quartermaster.usecases.orders.methods import _watching


def watch_methods(at: datetime, workspace: int | None = None) -> int:
    """How many were told of: 30 and 7 days before the last day, and when it is over, each once
    however often this runs. What was replaced or removed is not told of."""
    found = queries.expiring((at + _watching.AHEAD).date(), workspace)
    several = dict.fromkeys(which for _, which in _watching.due(found, at))
    return sum(_watching.tell(which, at) for which in several)
