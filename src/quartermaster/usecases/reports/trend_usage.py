"""What was used over time, or by bot, product or channel, with the time before beside it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from quartermaster.core.periods import Period
from quartermaster.core.usage import products, ranges
from quartermaster.core.usage.ranges import RangeRefused, Span, Step
from quartermaster.store import sql
from quartermaster.store.metering import figures as metering
from quartermaster.store.metering import queries
from quartermaster.store.people.models import Workspace

WAYS: Final = (*Step, "bot", "product", "channel")


@dataclass(frozen=True, slots=True)
class Question:
    """`by` is a `Step`, `bot`, `product` or `channel`. What is None is not asked for; `channel` is
    a name, empty for what came through none. Without `compares` nothing is read of the time
    before."""

    workspace: Workspace
    span: Span
    by: str
    bot: int | None = None
    product: str | None = None
    channel: str | None = None
    compares: bool = True


@dataclass(slots=True)
class Used:
    """Units by name and the credit of each, the most agents at once (None where that has no
    meaning), and credit."""

    group: str
    units: dict[str, int] = field(default_factory=dict)
    charged_by: dict[str, int] = field(default_factory=dict)
    agents: int | None = 0
    paid_micro: int = 0
    free_micro: int = 0

    def add(self, one: metering.Usage) -> None:
        """Adds a unit's figures."""
        self.units[one.unit] = self.units.get(one.unit, 0) + one.quantity
        charged = one.paid_micro + one.free_micro
        self.charged_by[one.unit] = self.charged_by.get(one.unit, 0) + charged
        self.paid_micro += one.paid_micro
        self.free_micro += one.free_micro

    @property
    def charged_micro(self) -> int:
        """Credit of both kinds."""
        return self.paid_micro + self.free_micro


@dataclass(frozen=True, slots=True)
class Trend:
    """`rows` in the order of time, with the steps in which nothing was, or the most charged first;
    `previous_rows` are those of the time before."""

    question: Question
    rows: list[Used]
    total: Used
    previous_rows: list[Used]
    previous_total: Used

    def pairs(self) -> list[tuple[Used, Used | None]]:
        """Each row with the one of the time before that stands beside it: the same step as many
        days earlier (`ranges.beside`), or the group of the same name."""
        by, before = self.question.by, {one.group: one for one in self.previous_rows}
        names = {one.group: one.group for one in self.rows}
        if by in set(Step):
            names = ranges.beside(self.question.span, Step(by))
        return [(one, before.get(names.get(one.group, ""))) for one in self.rows]


def trend_usage(question: Question) -> Trend:
    """From the roll-ups; agents without a product are those of the busiest one. Agents have no
    channel. Refusal: RangeRefused."""
    if question.by not in WAYS:
        raise RangeRefused(f"it is one of {', '.join(WAYS)}", field="by")
    if question.by in set(Step):
        ranges.step_of(question.span, question.by)
    with sql.snapshot():
        rows, total = _figures(question, question.span.period)
        nothing = Period(question.span.period.start, question.span.period.start)
        earlier = question.span.previous if question.compares else nothing
        before, before_total = _figures(question, earlier)
    return Trend(question, rows, total, before, before_total)


def _figures(question: Question, period: Period) -> tuple[list[Used], Used]:
    agents = None if question.by == "channel" or question.channel is not None else 0
    found: dict[str, Used] = {}
    if question.by in set(Step):
        names = ranges.names(period, question.span.zone, Step(question.by))
        found = {name: Used(name, agents=agents) for name in names}

    def row(name: str) -> Used:
        return found.setdefault(name, Used(name, agents=agents))

    total = Used("", agents=agents)
    for one in _units(question, period):
        total.add(one)
        row(products.CONVERSING if question.by == "product" else one.group).add(one)
    if agents is not None:
        _add_peaks(question, period, row, total)
    return _ordered(question.by, found.values()), total


def _units(question: Question, period: Period) -> list[metering.Usage]:
    if not products.has_units(question.product) or period.start >= period.end:
        return []
    only = metering.Only(question.bot, _channel(question.channel))
    zone = question.span.zone.key
    return metering.usage(question.workspace, period, question.by, zone, only)


def _channel(name: str | None) -> int | None:
    """A channel that nobody has used is -1: nothing is there."""
    if not name:
        return 0 if name == "" else None
    return queries.channel_number(name)


def _add_peaks(question: Question, period: Period, row: Callable[[str], Used], total: Used) -> None:
    if products.has_agents(question.product) and period.start < period.end:
        of, zone = (question.bot, question.product), question.span.zone.key
        for peak in metering.peaks(question.workspace.id, period, question.by, zone, of):
            row(peak.group).agents = peak.agents
        whole = metering.peaks(question.workspace.id, period, "", zone, of)
        total.agents = whole[0].agents if whole else 0


def _ordered(by: str, found: Iterable[Used]) -> list[Used]:
    if by in set(Step):
        return list(found)
    return sorted(found, key=lambda one: (-one.charged_micro, -sum(one.units.values()), one.group))
