"""What some usage comes to on some terms (docs/concepts/suggestion.md).

Usage is by cycles of thirty days, however long months are: a bill of ninety days is three cycles,
and of a fee for a year ninety of 365 days count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from quartermaster.core import money
from quartermaster.core.catalog.offers import Cadence, Offer, SeatKind
from quartermaster.core.plans import formulas, terms
from quartermaster.core.plans.terms import Terms
from quartermaster.core.pricing import per_unit, rating
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.usage.units import UNITS

CYCLE_DAYS: Final = 30
YEAR_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Cycle:
    """What thirty days saw: units by name, the most agents at one instant, and all there were."""

    units: Mapping[str, int]
    concurrent: int = 0
    named: int = 0

    def agents(self, kind: SeatKind) -> int:
        """How many seats they needed."""
        return self.named if kind is SeatKind.NAMED else self.concurrent


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one of a unit costs as it goes, where no plan has a price for it; 0 where it is not
    there."""

    currency: str
    prices: Mapping[str, Decimal]

    @property
    def symbol(self) -> str:
        """What amounts begin with."""
        return money.symbol(self.currency)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bill: `amounts_micro` are by cycle, `formulas` as well or one for all of them.
    `unit` is None but for usage."""

    what: Literal["fee", "seats", "overage", "usage"]
    amounts_micro: tuple[int, ...]
    formulas: tuple[str, ...]
    unit: str | None = None

    @property
    def amount_micro(self) -> int:
        """All cycles together."""
        return sum(self.amounts_micro)


@dataclass(frozen=True, slots=True)
class Bill:
    """What the usage of `count` cycles comes to on terms whose seats suit it, or (None) paid as it
    goes."""

    terms: Terms | None
    parts: tuple[Part, ...]
    count: int

    @property
    def cycles_micro(self) -> tuple[int, ...]:
        """By cycle."""
        return tuple(sum(part.amounts_micro[n] for part in self.parts) for n in range(self.count))

    @property
    def total_micro(self) -> int:
        """All cycles together."""
        return sum(part.amount_micro for part in self.parts)

    @property
    def cycle_micro(self) -> int:
        """A cycle on average."""
        return money.rounded(Decimal(self.total_micro) / self.count)


def bill(wanted: Terms | None, cycles: Sequence[Cycle], tariff: Tariff) -> Bill:
    """What one or more cycles come to. `wanted.seats` is not minded: as many are bought as suit
    the usage."""
    offer = wanted.offer if wanted else None
    used = [unit for unit in UNITS if any(cycle.units.get(unit) for cycle in cycles)]
    usage = [_usage(offer, unit, cycles, tariff) for unit in used]
    if wanted is None:
        return Bill(None, tuple(usage), len(cycles))
    best = _best(wanted, cycles, tariff)
    advance = _in_advance(best, len(cycles), tariff)
    parts = [*advance, *_overage(best, cycles, tariff), *usage]
    return Bill(best, tuple(parts), len(cycles))


def _usage(offer: Offer | None, unit: str, cycles: Sequence[Cycle], tariff: Tariff) -> Part:
    """A unit that the offer has no price for is paid as it goes."""
    quantities = [cycle.units.get(unit, 0) for cycle in cycles]
    price = offer.price_of(unit) if offer else None
    if price is None:
        each = tariff.prices.get(unit, Decimal(0))
        amounts = [quantity * per_unit.amount_micro(1, each) for quantity in quantities]
        words = [per_unit.formula(quantity, unit, each, tariff.symbol) for quantity in quantities]
    else:
        amounts = [rating.total_micro(price, quantity) for quantity in quantities]
        words = [rating.formula(price, 0, quantity, tariff.symbol) for quantity in quantities]
    return Part("usage", tuple(amounts), tuple(words), unit)


def _in_advance(bought: Terms, count: int, tariff: Tariff) -> Iterator[Part]:
    """Rounded once for all cycles, as a line of an order is."""

    def micro(amount_minor: int) -> int:
        return money.to_micro(money.from_minor(amount_minor, tariff.currency))

    def shown(amount_minor: int) -> str:
        return money.shown_minor(amount_minor, tariff.currency)

    for fee in terms.fees(bought, tariff.currency):
        whole, each = fee.amount_minor * count, shown(fee.amount_minor)
        words = f"{count} × {each}"
        if bought.cadence is Cadence.ANNUAL:
            days = count * CYCLE_DAYS
            whole = money.rounded(Decimal(fee.amount_minor * days) / YEAR_DAYS)
            words = f"{each} × {days} / {YEAR_DAYS} days"
        if fee.what == "seats":
            words = f"{formulas.seats(bought, tariff.symbol)}; {words}"
        words = f"{words} = {shown(whole)}"
        yield Part(fee.what, tuple(map(micro, money.split(whole, [1] * count))), (words,))


def _overage(bought: Terms, cycles: Sequence[Cycle], tariff: Tariff) -> Iterator[Part]:
    """Agents beyond the seats that were bought, in arrears."""
    price = bought.offer.seats
    if price is None or price.overage is None:
        return
    over = UsagePrice("seat", PerUnit(price.overage))
    extra = [max(0, cycle.agents(price.kind) - bought.seats) for cycle in cycles]
    if any(extra):
        amounts = tuple(rating.total_micro(over, number) for number in extra)
        words = (rating.formula(over, 0, number, tariff.symbol) for number in extra)
        yield Part("overage", amounts, tuple(words))


def _best(wanted: Terms, cycles: Sequence[Cycle], tariff: Tariff) -> Terms:
    """With all the seats that any cycle needed or, where there is overage, only those of another
    one, if that costs less."""
    price = wanted.offer.seats
    if price is None:
        return replace(wanted, seats=0)
    needed = [max(price.included, cycle.agents(price.kind)) for cycle in cycles]
    if price.overage is None:
        return replace(wanted, seats=max(needed))

    def cost(several: Terms) -> int:
        advance = _in_advance(several, len(cycles), tariff)
        over = _overage(several, cycles, tariff)
        return sum(part.amount_micro for part in (*advance, *over))

    several = (replace(wanted, seats=seats) for seats in sorted({price.included, *needed}))
    return min(several, key=cost)
