"""How many seats beyond those that were bought did a month need?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from quartermaster.core.periods import Period
from quartermaster.core.plans.entitlements import Seats
from quartermaster.core.pricing.seat_overage import Overage
from quartermaster.store import sql
from quartermaster.store.people.models import Bot
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.entitlements import _overage, _standing
from quartermaster.usecases.ports import EventArchive

_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class MonthOverage:
    """Of one of the plan's months, up to now if it goes on. It is billed where the workspace's
    policy is overage."""

    month: Period
    seats: Seats
    overage: Overage


def count_overage(
    bot: Bot,
    product: str,
    at: datetime,
    tolerance: timedelta = timedelta(),
    archive: EventArchive | None = None,
) -> MonthOverage:
    """Of the month that it is at `at`; concurrent seats allow for the tolerance. NoAgents."""
    _standing.require_agents(product)
    history = History(archive)
    with sql.snapshot():
        standing = _standing.standing(bot, at, history)
        found, _ = standing.seats(product)
        month = standing.month(product)
        so_far = Period(month.start, min(month.end, at + _TICK))
        floor = _overage.Floor(bot, product, history)
        overage = floor.rate(so_far, found.kind, tolerance // timedelta(microseconds=1))
    return MonthOverage(month, found, overage)
