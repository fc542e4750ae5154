"""What entitlements follow from, read from the database."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from typing import Any, Final, LiteralString, Protocol
from zoneinfo import ZoneInfo

import numpy as np

from quartermaster.core import periods
from quartermaster.core.catalog import reading
from quartermaster.core.catalog.offers import Catalog, Offer
from quartermaster.core.lifecycles.subscriptions import State
from quartermaster.core.periods import Period
from quartermaster.core.plans.entitlements import Holding, SeatPolicy, Subscribed
from quartermaster.core.usage import seats
from quartermaster.core.usage.events import FUTURE_MICROS
from quartermaster.core.usage.seats import AUTO_LOGOUT_MICROS, Logins

_FRESH_SECONDS: Final = 5.0
_MOST: Final = 10_000
_SQL: Final = resources.files(__package__).joinpath("sql")


def statement(name: str) -> LiteralString:
    """One of the folder beside."""
    return _SQL.joinpath(name).read_text()


FIND: Final = statement("find_entitlements.sql")
_OFFERS: Final = statement("offers.sql")
_PUBLICATION: Final = statement("publication.sql")
_HELD: Final = statement("seats_held.sql")
_KEPT: Final = statement("seats_kept.sql")
_LOGINS: Final = statement("logins.sql")


class Rows(Protocol):
    """What a statement finds."""

    def __call__(
        self, statement: LiteralString, **asked: Any
    ) -> Awaitable[list[tuple[Any, ...]]]: ...


@dataclass(frozen=True, slots=True)
class Bought:
    """A live subscription; the time in microseconds, versions by their ids."""

    place: str
    state: str
    is_ending: bool
    cycle_end: int
    version: int
    seats: int
    next_version: int | None
    next_seats: int | None
    anchor: str

    def subscribed(self, offers: Mapping[int, Offer]) -> Subscribed:
        """As the rule takes it."""
        following = None
        if self.next_version is not None:
            following = Holding(offers[self.next_version], self.next_seats or 0)
        state = State(self.state)
        now = Holding(offers[self.version], self.seats, is_trial=state is State.TRIALING)
        end = periods.from_micros(self.cycle_end)
        return Subscribed(state, self.is_ending, end, now, following)


@dataclass(frozen=True, slots=True)
class Facts:
    """What `FIND` finds of a bot; `told` are product, limit and how much of it is in use."""

    bot: int
    name: str
    is_contract: bool
    policy: SeatPolicy
    zone: ZoneInfo
    publication: int | None
    bought: list[Bought]
    told: list[tuple[str, str, int]]
    notifications: int

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Facts":
        """A row of it, of a bot that there is."""
        bot, name, is_contract, policy, zone, publication, bought, told, notifications = row
        several = [Bought(*one) for one in bought]
        rules = (is_contract, SeatPolicy(policy), ZoneInfo(zone), publication)
        return cls(bot, name, *rules, several, told, notifications)

    def month(self, product: str, at: datetime) -> Period:
        """That of the product's plan which it is now."""
        day = next(one.anchor for one in self.bought if one.place == product)
        return periods.cycle_at(date.fromisoformat(day), self.zone, at)


class Shelves:
    """What never changes is read once: terms of versions, and what was published. Who is there is
    remembered for five seconds. `ticks` gives seconds that only go forward."""

    def __init__(self, rows: Rows, ticks: Callable[[], float]) -> None:
        self._rows, self._ticks = rows, ticks
        self._offers: dict[int, Offer] = {}
        self._sold: tuple[int, Catalog] | None = None
        self._present: dict[tuple[int, str], tuple[float, int]] = {}

    async def offers(self, versions: Collection[int]) -> Mapping[int, Offer]:
        """The terms of versions, by their ids."""
        missing = [one for one in versions if one not in self._offers]
        if missing:
            for id_, terms in await self._rows(_OFFERS, versions=missing):
                self._offers[id_] = reading.stored_offer(terms)
        return self._offers

    async def sold(self, publication: int | None) -> Catalog | None:
        """The catalog as it was published."""
        if publication is None:
            return None
        if self._sold is None or self._sold[0] != publication:
            found = await self._rows(_PUBLICATION, publication=publication)
            currency, is_example, titles, versions = found[0]
            offers = await self.offers(versions)
            limits, features = dict(titles["limits"]), dict(titles["features"])
            several = tuple(offers[one] for one in versions)
            self._sold = publication, Catalog(currency, is_example, limits, features, several)
        return self._sold[1]

    async def held(self, bot: int, product: str, month: Period) -> int:
        """Named seats that were held in a month."""
        asked = {"bot": bot, "product": product, "start": month.start, "end": month.end}
        return int((await self._rows(_HELD, **asked))[0][0])

    async def taken(self, bot: int, product: str, at: datetime) -> int:
        """How many agents are there or on the way, or were some seconds ago."""
        known = self._present.get((bot, product))
        if known is None or known[0] < self._ticks():
            count = await self._count(bot, product, at)
            if len(self._present) >= _MOST:
                self._present.clear()
            known = (self._ticks() + _FRESH_SECONDS, count)
            self._present[bot, product] = known
        return known[1]

    async def _count(self, bot: int, product: str, at: datetime) -> int:
        kept = await self._rows(_KEPT, bot=bot, product=product, at=at)
        first, end = periods.to_micros(at), periods.to_micros(at) + FUTURE_MICROS
        back = AUTO_LOGOUT_MICROS
        while True:
            bounds = {"start": periods.from_micros(first - back), "end": periods.from_micros(end)}
            found = await self._rows(_LOGINS, bot=bot, product=product, **bounds)
            names = list(dict.fromkeys(agent for agent, *_ in found))
            logins = _logins(found, names)
            if seats.is_decided(logins, first - back):
                several = [(agent, since) for agent, since in kept]
                return len(seats.taken(logins, names, several, first, end))
            back *= 2


def _logins(found: list[tuple[Any, ...]], names: list[str]) -> Logins:
    places = {name: place for place, name in enumerate(names)}
    table = [(places[agent], thread, at, is_in) for agent, thread, at, is_in in found]
    agent, device, time_, is_login = np.array(table, np.int64).reshape(-1, 4).T
    return Logins(agent, device, time_, is_login.astype(np.bool_))
