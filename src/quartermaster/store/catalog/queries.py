"""Reads of prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from quartermaster.store.catalog.models import Price, Unit


@dataclass(frozen=True, slots=True)
class PriceList:
    """The pay-as-you-go price versions of every unit."""

    versions: Sequence[Price]

    def find(self, unit: str, at: datetime) -> Price | None:
        """The version in force at `at`; None where the unit has no price."""
        fitting = [one for one in self.versions if one.unit == unit and one.from_at <= at]
        return max(fitting, key=lambda price: price.from_at, default=None)

    def amount(self, unit: str, at: datetime) -> Decimal:
        """The unit price in force at `at`; 0 where there is none."""
        price = self.find(unit, at)
        return price.amount if price else Decimal(0)


def price_list() -> PriceList:
    """All versions; there are few, and they never change."""
    return PriceList(list(Price.objects.order_by("from_at")))


def has_price(unit: str) -> bool:
    """Whether the unit has ever been given a price."""
    return Price.objects.filter(unit=unit).exists()


def session_price(at: datetime) -> Decimal:
    """What a billing session costs at `at` without a plan."""
    return price_list().amount(Unit.BILLING_SESSION, at)
