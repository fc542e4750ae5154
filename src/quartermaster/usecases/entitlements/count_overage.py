"""How many seats beyond those that were bought did a month need?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from quartermaster.core import periods
from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.periods import Period
from quartermaster.core.plans.entitlements import Seats
from quartermaster.core.pricing import seat_overage
from quartermaster.core.pricing.seat_overage import Bought, Overage
from quartermaster.core.usage import seats
from quartermaster.core.usage.seats import Presence
from quartermaster.store import sql
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.subscriptions.models import Phase
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.entitlements import _standing
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
        bought = [
            _bought(one, so_far, found.kind)
            for one in subscriptions.phases_of(bot.id, product, so_far)
        ]
        if found.kind is SeatKind.NAMED:
            overage = seat_overage.named(_held(bot, product, so_far), bought)
        else:
            stays = seats.presence(history.deciding_logins([bot.id], product, so_far).logins)
            micros = tolerance // timedelta(microseconds=1)
            overage = seat_overage.concurrent(stays, bought, micros)
    return MonthOverage(month, found, overage)


def _bought(phase: Phase, month: Period, kind: SeatKind | None) -> Bought:
    """What of the month the phase is. A trial is free, and so are seats of another kind."""
    price = phase.version.offer.seats
    is_billed = price is not None and price.kind is kind and not phase.is_trial
    return Bought(
        periods.to_micros(max(phase.start_at, month.start)),
        periods.to_micros(min(phase.end_at or month.end, month.end)),
        phase.seats,
        price.overage if price is not None and is_billed else None,
    )


def _held(bot: Bot, product: str, month: Period) -> Presence:
    codes: dict[str, int] = {}
    rows = [
        (
            codes.setdefault(one.agent, len(codes)),
            periods.to_micros(one.start_at),
            periods.to_micros(one.end_at or month.end),
        )
        for one in subscriptions.assignments(bot.id, product, month)
    ]
    return Presence(*np.array(rows, np.int64).reshape(-1, 3).T)
