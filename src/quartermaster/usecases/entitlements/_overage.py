"""Seats of a month beyond those that were bought, from log-ins or from the seats that were held."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from quartermaster.core import periods
from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.periods import Period
from quartermaster.core.plans import seat_months
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.plans.seat_months import Held
from quartermaster.core.pricing import seat_overage
from quartermaster.core.pricing.seat_overage import Overage
from quartermaster.core.usage import seats
from quartermaster.core.usage.seats import Presence
from quartermaster.store.contracts import queries as contracts
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import overages
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.subscriptions.models import Phase, SeatMonth, Subscription
from quartermaster.usecases.archive._history import History


@dataclass(frozen=True, slots=True)
class Floor:
    """Where the agents of a bot work. `billed` are the times in which overage is billed; None
    counts it always."""

    bot: Bot
    product: str
    history: History
    billed: Sequence[Period] | None = None

    def rate(self, month: Period, kind: SeatKind | None, tolerance_micros: int = 0) -> Overage:
        """What a month needed beyond what was bought of it; concurrent seats allow for the
        tolerance."""
        phases = subscriptions.phases_of(self.bot.id, self.product, month)
        bought = seat_months.bought(held(self.bot, phases), month, kind, self.billed)
        if not any(one.price is not None for one in bought):
            return seat_overage.NONE
        if kind is SeatKind.NAMED:
            return seat_overage.named(self._holdings(month)[0], bought)
        return seat_overage.concurrent(self._stays(month)[0], bought, tolerance_micros)

    def agents(self, month: Period, kind: SeatKind, at: int) -> list[str]:
        """Who was there at an instant (microseconds) or, with named seats, had held one in the
        month by then."""
        if kind is SeatKind.NAMED:
            found, names = self._holdings(month)
            there = found.start <= at
        else:
            found, names = self._stays(month)
            there = (found.start <= at) & (found.end > at)
        return sorted({names[agent] for agent in found.agent[there].tolist()})

    def _stays(self, month: Period) -> tuple[Presence, Sequence[str]]:
        found = self.history.deciding_logins([self.bot.id], self.product, month)
        return seats.presence(found.logins), found.agents

    def _holdings(self, month: Period) -> tuple[Presence, Sequence[str]]:
        codes: dict[str, int] = {}
        rows = [
            (
                codes.setdefault(one.agent, len(codes)),
                periods.to_micros(one.start_at),
                periods.to_micros(one.end_at or month.end),
            )
            for one in subscriptions.assignments(self.bot.id, self.product, month)
        ]
        return Presence(*np.array(rows, np.int64).reshape(-1, 3).T), list(codes)


def held(bot: Bot, phases: Sequence[Phase]) -> list[Held]:
    """As the core reckons with them. A trial is free."""
    zone = ZoneInfo(bot.workspace.time_zone)
    return [_held(one, zone) for one in phases]


def _held(one: Phase, zone: ZoneInfo) -> Held:
    price = one.version.offer.seats
    overage = price.overage if price is not None and not one.is_trial else None
    kind = price.kind if price is not None else None
    anchor = Anchor(one.anchor_date, zone)
    return Held(one.start_at, one.end_at, anchor, one.seats, kind, overage)


def pending(subscription: Subscription, until: datetime) -> Iterator[tuple[Period, SeatKind]]:
    """The months, or parts of them, that ended by an instant and are to be settled for the first
    time, with the kind of seats."""
    settled = overages.settled_to(subscription.id)
    if settled is None:
        return all_ended(subscription, until)
    return _ended(subscription, settled, until)


def all_ended(subscription: Subscription, until: datetime) -> Iterator[tuple[Period, SeatKind]]:
    """The same, settled or not; the first is that in which overage was first the policy."""
    billed = people.overage_times(subscription.bot.workspace_id)
    return _ended(subscription, billed[0].start, until) if billed else iter(())


def _ended(
    subscription: Subscription, since: datetime, until: datetime
) -> Iterator[tuple[Period, SeatKind]]:
    """The months, or the parts of them that no contract covers, that ended after an instant and up
    to another."""
    bot = subscription.bot
    taken = contracts.covered(bot.workspace)
    phases = held(bot, subscriptions.phases_of_subscription(subscription.id))
    for whole, kind in seat_months.months(phases, until):
        if whole.end > since:
            for part in seat_months.outside(whole, taken):
                if part.end > since:
                    yield part, kind


def rate(subscription: Subscription, month: SeatMonth, history: History) -> Overage:
    """What a month comes to by all that is known of it."""
    billed = people.overage_times(subscription.bot.workspace_id)
    floor = Floor(subscription.bot, subscription.place, history, billed)
    return floor.rate(Period(month.start_at, month.end_at), SeatKind(month.kind))
