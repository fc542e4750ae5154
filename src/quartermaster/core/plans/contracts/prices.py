"""Where the price of a contract's usage is found.

What was agreed comes first; then the plan of the bot's subscription; then the enterprise plan that
the catalog had when the month began. What none of them prices costs nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from quartermaster.core import periods
from quartermaster.core.catalog.offers import Cadence, Offer, SeatKind
from quartermaster.core.periods import Period
from quartermaster.core.plans.contracts.agreements import Contract, Price
from quartermaster.core.plans.tariffs import Stretch, Tariff
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.usage.products import CONVERSING

ENTERPRISE: Final = "enterprise"
"""The name of the plans that stand in where nothing was agreed."""


@dataclass(frozen=True, slots=True)
class Source:
    """A price, whence it comes, and the time whose units it prices together. Its key is the same
    whenever that time is rated."""

    key: str
    words: str
    price: UsagePrice
    period: Period
    kind: SeatKind | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The enterprise plans by product, with the ids of their versions, from an instant on."""

    at: datetime
    plans: Mapping[str, tuple[int, Offer]]


@dataclass(frozen=True, slots=True)
class Prices:
    """All that may price a cycle of a contract: `tariffs` are those of bots that have had a
    subscription, `published` comes in the order of time."""

    contract: Contract
    cycle: Period
    tariffs: Mapping[int, Tariff]
    published: Sequence[Published] = ()

    def cuts(self) -> list[datetime]:
        """The instants from which on another price may hold, the cycle's start first."""
        found = {month.start for month in self.months()}
        for one in self.contract.prices:
            found |= {one.start, one.end or one.start}
        for stretch in self._stretches():
            found.add(periods.from_micros(stretch.start))
            found |= set() if stretch.end is None else {periods.from_micros(stretch.end)}
        inside = (at for at in found if self.cycle.start < at < self.cycle.end)
        return [self.cycle.start, *sorted(inside)]

    def of(self, bot: int, unit: str, at: datetime) -> Source:
        """The price of a unit that a bot uses."""
        agreed = self.contract.price_of(unit, at)
        if agreed is not None:
            return self._agreed(agreed)
        month = self.contract.month(at)
        found = self._subscribed(bot, unit, at, month)
        return (
            found or self._standard(unit, month) or Source("none", "no price", _free(unit), month)
        )

    def of_seats(self, product: str) -> list[Source]:
        """The prices of a product's seats, each with its time. What was agreed when the cycle began
        holds for all of it. None where bots have seats by subscription, which are paid with its
        fees."""
        agreed = self.contract.price_of(product, self.cycle.start)
        if agreed is not None:
            return [
                Source(f"price-{agreed.id}", "as agreed", agreed.price, self.cycle, agreed.kind)
            ]
        months = [one for one in self.months() if not self._has_seats(product, one)]
        found = (self._standard_seats(product, month) for month in months)
        return [one for one in found if one is not None]

    def has_overage(self, product: str) -> bool:
        """Whether seats beyond those of a bot's plan are billed: not where a price was agreed for
        all of a product's agents."""
        return self.contract.price_of(product, self.cycle.start) is None

    def months(self) -> Iterator[Period]:
        """Those of the cycle."""
        at = self.cycle.start
        while at < self.cycle.end:
            month = self.contract.month(at)
            yield month
            at = month.end

    def _stretches(self) -> Iterator[Stretch]:
        for tariff in self.tariffs.values():
            yield from tariff.stretches

    def _agreed(self, one: Price) -> Source:
        end = self.cycle.end if one.end is None else min(one.end, self.cycle.end)
        period = Period(max(one.start, self.cycle.start), end)
        return Source(f"price-{one.id}", "as agreed", one.price, period)

    def _subscribed(self, bot: int, unit: str, at: datetime, month: Period) -> Source | None:
        tariff = self.tariffs.get(bot)
        tally = tariff.tally(unit, periods.to_micros(at)) if tariff else None
        if tariff is None or tally is None:
            return None
        if tally.is_trial:
            return Source(f"trial-{tally.subscription}", "in a trial", _free(unit), month)
        offer = next(one.offer for one in tariff.stretches if one.version == tally.version)
        key = f"plan-{tally.subscription}-{tally.version}"
        return Source(key, offer.title, offer.price_of(unit) or _free(unit), month)

    def _standard(self, unit: str, month: Period) -> Source | None:
        version, offer = self._enterprise(CONVERSING, month.start)
        price = offer.price_of(unit) if offer else None
        if offer is None or price is None:
            return None
        return Source(f"catalog-{version}", offer.title, price, month)

    def _standard_seats(self, product: str, month: Period) -> Source | None:
        version, offer = self._enterprise(product, month.start)
        seats = offer.seats if offer else None
        if offer is None or seats is None or Cadence.MONTHLY not in seats.prices:
            return None
        price = UsagePrice("seat", seats.prices[Cadence.MONTHLY], seats.included)
        return Source(f"catalog-{version}", offer.title, price, month, seats.kind)

    def _enterprise(self, product: str, at: datetime) -> tuple[int, Offer | None]:
        """As published at the time."""
        held = [one for one in self.published if one.at <= at]
        return held[-1].plans.get(product, (0, None)) if held else (0, None)

    def _has_seats(self, product: str, month: Period) -> bool:
        start, end = periods.to_micros(month.start), periods.to_micros(month.end)
        return any(
            one.offer.product == product
            and one.offer.seats is not None
            and one.start < end
            and (one.end is None or one.end > start)
            for one in self._stretches()
        )


def _free(unit: str) -> UsagePrice:
    return UsagePrice(unit, PerUnit(Decimal(0)))
