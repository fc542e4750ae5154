"""Which plan would suit a bot: its last ninety days under every plan and version."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from quartermaster.core import periods
from quartermaster.core.catalog.offers import Cadence
from quartermaster.core.lifecycles.subscriptions import State
from quartermaster.core.periods import Period
from quartermaster.core.plans import suggestion
from quartermaster.core.plans.bills import CYCLE_DAYS, Cycle, Tariff
from quartermaster.core.plans.suggestion import Current, Offered, Option, Usage
from quartermaster.core.usage import products, seats
from quartermaster.core.usage.seats import Presence
from quartermaster.core.usage.units import UNITS, Unit
from quartermaster.store import sql
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.metering import figures
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.ports import EventArchive

CYCLES: Final = 3
ENOUGH_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Question:
    """`current` is what the bot has of this product, None if it pays as it goes; `in_use` how much
    it uses of what plans limit, as far as its usage does not tell."""

    bot: Bot
    product: str
    current: Current | None = None
    in_use: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, bot: Bot, product: str) -> "Question":
        """As it is known: what the bot has bought (what it tries it does not have yet), and what
        the platform has told of limits."""
        has = subscriptions.find_live(bot.id, product)
        current = None
        if has is not None and has.state != State.TRIALING:
            current = Current(has.version_id, Cadence(has.cadence))
        return cls(bot, product, current, subscriptions.limits_used(bot.id, product))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`options` come with the cheapest first. `cycles` are what they are billed for, and `used` is
    what each of them saw; `days_of_usage` counts from the first day with any."""

    question: Question
    time_zone: str
    cycles: tuple[Period, ...]
    used: tuple[Cycle, ...]
    days_of_usage: int
    options: list[Option]

    @property
    def is_enough(self) -> bool:
        """Whether there is usage of enough days to choose by."""
        return self.days_of_usage >= ENOUGH_DAYS


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the bot did on local days from `first` on, as many as cycles have; `units` by day."""

    first: date
    zone: ZoneInfo
    units: Mapping[str, Counter[str]]
    stays: Presence

    def days_of_usage(self) -> int:
        """From the first day with any usage to the last one, used or not; 0 without any."""
        days = [date.fromisoformat(day) for day in self.units]
        if len(self.stays.start):
            start = periods.from_micros(int(self.stays.start.min()))
            days.append(start.astimezone(self.zone).date())
        end = self.first + timedelta(days=CYCLES * CYCLE_DAYS)
        return (end - min(days, default=end)).days

    def period(self, number: int) -> Period:
        """Of a cycle."""
        days = (self.first + timedelta(days=n * CYCLE_DAYS) for n in (number, number + 1))
        return Period(*(periods.local_day(day, self.zone).start for day in days))

    def cycle(self, number: int) -> Cycle:
        """What it saw."""
        first = self.first + timedelta(days=number * CYCLE_DAYS)
        days = (first + timedelta(days=count) for count in range(CYCLE_DAYS))
        units: Counter[str] = Counter()
        for day in days:
            units.update(self.units.get(day.isoformat(), {}))
        period = self.period(number)
        bounds = (periods.to_micros(at) for at in (period.start, period.end))
        stays = seats.within(self.stays, *bounds)
        return Cycle(dict(units), seats.concurrent(stays), seats.named(stays))


def suggest_plan(
    question: Question, at: datetime, archive: EventArchive | None = None
) -> Suggestion:
    """From roll-ups and log-ins up to the last whole local day. Cycles before the first one with
    usage are left out: the bot would not have had a plan then."""
    workspace = question.bot.workspace
    zone = ZoneInfo(workspace.time_zone)
    first = at.astimezone(zone).date() - timedelta(days=CYCLES * CYCLE_DAYS)
    with sql.snapshot():
        seen = _seen(question, first, zone, archive)
        days = seen.days_of_usage()
        numbers = range(CYCLES - (-(-days // CYCLE_DAYS) or CYCLES), CYCLES)
        used = tuple(seen.cycle(number) for number in numbers)
        cycles = tuple(seen.period(number) for number in numbers)
        whole = Period(cycles[0].start, cycles[-1].end)
        usage = Usage(used, {**_measured(question, whole), **question.in_use})
        tariff = Tariff(workspace.currency, _prices(at))
        offered = _offered(question.product)
    options = suggestion.suggest(usage, offered, tariff, question.current)
    return Suggestion(question, zone.key, cycles, used, days, options)


def _seen(question: Question, first: date, zone: ZoneInfo, archive: EventArchive | None) -> _Seen:
    bot, product = question.bot, question.product
    last = first + timedelta(days=CYCLES * CYCLE_DAYS - 1)
    whole = Period(periods.local_day(first, zone).start, periods.local_day(last, zone).end)
    units: dict[str, Counter[str]] = {}
    if products.has_units(product):
        only = figures.Only(bot.id)
        for one in figures.usage(bot.workspace, whole, "day", zone.key, only):
            units.setdefault(one.group, Counter())[one.unit] += one.quantity
    bots = [bot.id] if products.has_agents(product) else []
    stays = seats.presence(History(archive).deciding_logins(bots, product, whole).logins)
    bounds = (periods.to_micros(at) for at in (whole.start, whole.end))
    return _Seen(first, zone, units, seats.within(stays, *bounds))


def _measured(question: Question, whole: Period) -> dict[str, int]:
    if not products.has_units(question.product):
        return {}
    most = figures.busiest_hour(question.bot.id, Unit.NOTIFICATION, whole)
    return {suggestion.NOTIFICATIONS_PER_HOUR: most}


def _prices(at: datetime) -> dict[str, Decimal]:
    """What units cost now as they go."""
    listed = catalog.price_list()
    return {unit: price.amount for unit in UNITS if (price := listed.find(unit, at))}


def _offered(product: str) -> list[Offered]:
    """All versions of the product's plans there have ever been."""
    sold = {version.id for version in catalog.current_versions()}
    return [
        Offered(version.id, version.number, version.offer, version.id in sold)
        for version in catalog.all_versions()
        if version.product == product
    ]
