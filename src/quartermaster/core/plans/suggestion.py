"""Which plan to choose: real usage under all there are (docs/concepts/suggestion.md)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from quartermaster.core.catalog.offers import Cadence, Offer
from quartermaster.core.errors import InvariantBroken
from quartermaster.core.plans import bills
from quartermaster.core.plans.bills import Bill, Cycle, Tariff
from quartermaster.core.plans.terms import Terms

SEATS: Final = "seats"
"""Stands for the name of a limit where agents worked and an option has no seats."""
NOTIFICATIONS_PER_HOUR: Final = "notifications_per_hour"
"""The limit whose use is known from usage, if a catalog has it."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The `number`th version of a plan of a product; `version` is its id. What is not sold now
    cannot be chosen, but by those who have it."""

    version: int
    number: int
    offer: Offer
    is_sold: bool


@dataclass(frozen=True, slots=True)
class Current:
    """What somebody has; without a cadence, the shortest that it is sold with."""

    version: int
    cadence: Cadence | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """By cycle, and how much is in use of what plans limit, as far as that is known."""

    cycles: Sequence[Cycle]
    in_use: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Exceeded:
    """More is in use than an option allows."""

    limit: str
    allowed: int
    used: int


@dataclass(frozen=True, slots=True)
class Option:
    """What could be chosen, and what would come of it. `offered` is None for paying as it goes,
    `difference_micro` is to what somebody has now: below zero it costs less. `lost` are features
    that would be."""

    offered: Offered | None
    bill: Bill
    difference_micro: int
    exceeded: tuple[Exceeded, ...]
    lost: tuple[str, ...]
    is_current: bool
    is_cheapest: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it can be chosen, or kept."""
        return self.offered is None or self.offered.is_sold or self.is_current

    @property
    def place(self) -> tuple[int, bool, int, int, int]:
        """The cheapest first; of equals what somebody has, then what binds least."""
        total, has = self.bill.total_micro, self.bill.terms
        if has is None:
            return total, not self.is_current, 0, 0, 0
        return total, not self.is_current, has.months, has.offer.rank, -has.version


def suggest(
    usage: Usage, offered: Iterable[Offered], tariff: Tariff, current: Current | None
) -> list[Option]:
    """All options, the cheapest first; `current` is None where somebody pays as it goes. One is
    marked as the cheapest: of those that can be chosen, one that exceeds no limit if there is one.
    The order of what is offered does not matter."""
    several: list[tuple[Offered | None, Terms | None]] = [(None, None), *_terms(offered)]
    billed = [(one, bills.bill(terms, usage.cycles, tariff)) for one, terms in several]
    has = _held(billed, current)
    features = has.terms.offer.features if has.terms else ()
    options = [
        Option(
            offered=one,
            bill=bill,
            difference_micro=bill.total_micro - has.total_micro,
            exceeded=tuple(_exceeded(one.offer if one else None, usage)),
            lost=tuple(name for name in features if not one or name not in one.offer.features),
            is_current=bill is has,
        )
        for one, bill in billed
    ]
    options.sort(key=lambda option: option.place)
    able = [option for option in options if option.is_open]
    best = next((option for option in able if not option.exceeded), able[0])
    return [replace(option, is_cheapest=option is best) for option in options]


def _terms(offered: Iterable[Offered]) -> Iterator[tuple[Offered, Terms]]:
    for one in offered:
        for cadence in Cadence:
            if cadence in one.offer.fees:
                yield one, Terms(one.version, one.offer, cadence)


def _held(billed: Sequence[tuple[Offered | None, Bill]], current: Current | None) -> Bill:
    """The bill of what somebody has."""
    for _, bill in billed:
        terms = bill.terms
        if current is None or (
            terms and terms.version == current.version and current.cadence in (None, terms.cadence)
        ):
            return bill
    raise InvariantBroken(f"what somebody has is not among the versions there are: {current}")


def _exceeded(offer: Offer | None, usage: Usage) -> Iterator[Exceeded]:
    if offer is None or offer.seats is None:
        agents = max((cycle.concurrent for cycle in usage.cycles), default=0)
        if agents:
            yield Exceeded(SEATS, 0, agents)
    limits = (offer.limits if offer else None) or {}
    for name, allowed in limits.items():
        used = usage.in_use.get(name, 0)
        if used > allowed:
            yield Exceeded(name, allowed, used)
