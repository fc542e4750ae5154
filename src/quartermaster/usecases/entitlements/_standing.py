"""What a bot has and uses, as the core reckons with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from quartermaster.core import periods
from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.errors import Refusal
from quartermaster.core.periods import Period
from quartermaster.core.plans import entitlements
from quartermaster.core.plans.entitlements import (
    Entitlements,
    Holding,
    Limit,
    Rules,
    SeatPolicy,
    Seats,
    Use,
)
from quartermaster.core.plans.suggestion import NOTIFICATIONS_PER_HOUR
from quartermaster.core.usage import products, seats
from quartermaster.core.usage.events import FUTURE_MICROS, PRODUCTS, TEXT_LIMIT
from quartermaster.core.usage.units import Unit
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.contracts import queries as contracts
from quartermaster.store.metering import figures
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.archive._history import History

_AHEAD: Final = timedelta(microseconds=FUTURE_MICROS)


class UnknownProduct(Refusal):
    """There is no such product."""

    code = "unknown_product"
    kind = "invalid"


class NoAgents(Refusal):
    """No agents work in this product, so it has no seats."""

    code = "no_agents"
    kind = "invalid"


class BadAgent(Refusal):
    """An agent goes by 1 to 200 characters, as in events."""

    code = "bad_agent"
    kind = "invalid"


def require_product(product: str) -> None:
    """Refuses what is no product."""
    if product not in PRODUCTS:
        words = f"{product!r} is not one of {', '.join(PRODUCTS)}"
        raise UnknownProduct(words, field="product")


def require_agents(product: str) -> None:
    """Refuses a product that has no seats."""
    require_product(product)
    if not products.has_agents(product):
        raise NoAgents(field="product")


def require_agent(agent: str) -> None:
    """Refuses what events cannot name an agent by."""
    if not 0 < len(agent) <= TEXT_LIMIT or "\0" in agent:
        raise BadAgent(field="agent")


@dataclass(frozen=True, slots=True)
class Taken:
    """Who counts, and who has a seat now."""

    counted: frozenset[str] = frozenset()
    now: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """A bot at an instant, with all that it is subscribed to."""

    bot: Bot
    at: datetime
    history: History
    subscribed: Sequence[Subscription]

    def month(self, product: str) -> Period:
        """That of the plan's months which it is now; without a plan, the calendar's."""
        zone = ZoneInfo(self.bot.workspace.time_zone)
        plan = next((one for one in self.subscribed if one.place == product), None)
        day = plan.anchor_date if plan else self.at.astimezone(zone).date().replace(day=1)
        return periods.cycle_at(day, zone, self.at)

    def seats(self, product: str) -> tuple[Seats, Taken]:
        """Of a product in which agents work."""
        bare = self._of(product, Use(), self._has_seats(product)).seats
        if bare is None:
            raise NoAgents(field="product")
        taken = self._taken(product, bare.kind)
        return replace(bare, used=len(taken.counted)), taken

    def limits(self, product: str) -> dict[str, Limit]:
        """By name."""
        return {one.name: one for one in self._of(product, Use(self._used(product))).limits}

    def entitlements(self, product: str) -> Entitlements:
        """All of a product."""
        bare = self._of(product, Use()).seats
        taken = self._taken(product, bare.kind) if bare else Taken()
        return self._of(product, Use(self._used(product), len(taken.counted)))

    def _holdings(self) -> list[Holding]:
        several = (subscriptions.subscribed(one).holding(self.at) for one in self.subscribed)
        return [one for one in several if one is not None]

    def _has_seats(self, product: str) -> bool:
        """Whether a plan of the product says how many, so that it does not matter what is sold."""
        plans = (one.offer for one in self._holdings() if one.offer.product == product)
        return any(plan.seats for plan in plans)

    def _of(self, product: str, use: Use, is_of_plan: bool = False) -> Entitlements:
        workspace = self.bot.workspace
        rules = Rules(
            None if is_of_plan else catalog.current_catalog(),
            SeatPolicy(workspace.seat_policy),
            contracts.covers(workspace, self.at),
        )
        return entitlements.of(product, self._holdings(), use, rules)

    def _taken(self, product: str, kind: SeatKind | None) -> Taken:
        """Named seats count for the month in which they are held; others while agents are there,
        log in within minutes by their own clock, or are on the way."""
        if kind is SeatKind.NAMED:
            held = subscriptions.assignments(self.bot.id, product, self.month(product))
            now = frozenset(one.agent for one in held if one.end_at is None)
            return Taken(frozenset(one.agent for one in held), now)
        soon = Period(self.at, self.at + _AHEAD)
        found = self.history.deciding_logins([self.bot.id], product, soon)
        kept = subscriptions.seats_kept(self.bot.id, product, self.at)
        bounds = (periods.to_micros(at) for at in (soon.start, soon.end))
        agents = frozenset(seats.taken(found.logins, found.agents, kept, *bounds))
        return Taken(agents, agents)

    def _used(self, product: str) -> dict[str, int]:
        """As the platform told; notifications are counted, those of the clock's present hour."""
        local = self.at.astimezone(ZoneInfo(self.bot.workspace.time_zone))
        start = local.replace(minute=0, second=0, microsecond=0)
        hour = Period(start, start + timedelta(hours=1))
        sent = figures.busiest_hour(self.bot.id, Unit.NOTIFICATION, hour)
        return subscriptions.limits_used(self.bot.id, product) | {NOTIFICATIONS_PER_HOUR: sent}


def standing(bot: Bot, at: datetime, history: History) -> Standing:
    """The bot as it is."""
    return Standing(bot, at, history, subscriptions.live_of(bot.id))
