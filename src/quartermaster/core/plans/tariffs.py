"""What prices a bot's usage at an instant, and which month of which subscription it counts to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from quartermaster.core import periods
from quartermaster.core.catalog.offers import Kind, Offer
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.pricing import rating
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.usage.events import PRODUCTS
from quartermaster.core.usage.units import Unit


@dataclass(frozen=True, slots=True)
class Stretch:
    """[start, end) in microseconds (None: open) in which a version of an offer held for a
    subscription, its months counted from the anchor. In a trial, what the plan prices is free: of
    billing sessions as many as the trial has, and further ones are paid as it goes."""

    subscription: int
    version: int
    offer: Offer
    anchor: Anchor
    start: int
    end: int | None
    is_trial: bool = False


class Tally(NamedTuple):
    """Units that are priced together: those of one month under one version, or of a trial. `start`
    is where the month begins, in microseconds, which may be before the subscription did."""

    subscription: int
    version: int
    unit: str
    start: int
    is_trial: bool


@dataclass(slots=True)
class Tariff:
    """The stretches of one bot. A unit is priced by add-ons first, then by plans in the order of
    products; where none prices it, the bot pays as it goes."""

    stretches: Sequence[Stretch]
    _months: dict[tuple[int, bool, int], tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stretches = sorted(self.stretches, key=_rank)

    def tally(self, unit: str, micros: int) -> Tally | None:
        """To what a unit of usage counts; None: it is paid as it goes."""
        for one in self.stretches:
            if micros < one.start or (one.end is not None and micros >= one.end):
                continue
            if one.offer.price_of(unit) is not None:
                start = one.start if one.is_trial else self._month(one, micros)
                return Tally(one.subscription, one.version, unit, start, one.is_trial)
        return None

    def holding(self, tally: Tally) -> Stretch:
        """The stretch of the version that a tally is priced by."""
        return next(
            one
            for one in self.stretches
            if (one.subscription, one.version, one.is_trial)
            == (tally.subscription, tally.version, tally.is_trial)
        )

    def _month(self, one: Stretch, micros: int) -> int:
        """The start of the month, found once for all its usage."""
        key = (one.subscription, one.is_trial, one.start)
        start, end = self._months.get(key, (0, 0))
        if not start <= micros < end:
            month = one.anchor.cycle(periods.from_micros(micros), 1)
            start, end = periods.to_micros(month.start), periods.to_micros(month.end)
            self._months[key] = start, end
        return start


def _rank(one: Stretch) -> tuple[int, int, int]:
    offer = one.offer
    product = PRODUCTS.index(offer.product) if offer.product else 0
    return (0 if offer.kind is Kind.ADD_ON else 1, product, one.subscription)


def price(offer: Offer, unit: str, is_trial: bool, pay_as_you_go: Decimal) -> UsagePrice:
    """What a tally's units cost together."""
    found = offer.price_of(unit)
    if found is None:
        raise KeyError(f"{offer.key} does not price {unit}")
    if not is_trial:
        return found
    limit = offer.trial.sessions if offer.trial else None
    if unit != Unit.BILLING_SESSION or limit is None:
        return UsagePrice(unit, PerUnit(Decimal(0)))
    return UsagePrice(unit, PerUnit(pay_as_you_go), included=limit)


@dataclass(frozen=True, slots=True)
class Rated:
    """What further units of a tally cost, one by one, and what is to be corrected because units
    were taken back."""

    amounts_micro: list[int]
    correction_micro: int


def rerate(
    price_: UsagePrice, had: int, charged_micro: int, back: Sequence[int], more: int
) -> Rated:
    """A tally of `had` units that were charged `charged_micro` gives back units with these amounts
    and then has `more`. All that is charged then is what the units cost together."""
    left = had - len(back)
    correction = rating.total_micro(price_, left) - (charged_micro - sum(back))
    return Rated(rating.running_micro(price_, left, more), correction)
