"""Reads of prices and voice channels."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from quartermaster.core import periods
from quartermaster.core.pricing import per_unit
from quartermaster.store.catalog.models import Price, Unit, VoiceChannel

DEFAULT_VOICE_CHANNELS: Final = frozenset({"voice"})


@dataclass(frozen=True, slots=True)
class PriceVersion:
    """A price as charges need it: what one unit costs in millionths, rounded once."""

    id: int
    from_micros: int
    amount: Decimal
    amount_micro: int


class PriceList:
    """The pay-as-you-go price versions of every unit."""

    def __init__(self, versions: Iterable[Price]) -> None:
        self._by_unit: dict[str, list[PriceVersion]] = {}
        for one in sorted(versions, key=lambda price: price.from_at):
            self._by_unit.setdefault(one.unit, []).append(
                PriceVersion(
                    one.id,
                    periods.to_micros(one.from_at),
                    one.amount,
                    per_unit.amount_micro(1, one.amount),
                )
            )

    def find(self, unit: str, micros: int) -> PriceVersion | None:
        """The version in force at an instant; None where the unit has no price."""
        versions = self._by_unit.get(unit, [])
        place = bisect_right(versions, micros, key=lambda one: one.from_micros)
        return versions[place - 1] if place else None


def price_list() -> PriceList:
    """All versions; there are few, and they never change."""
    return PriceList(Price.objects.all())


def session_price(at: datetime) -> Decimal:
    """What a billing session costs at `at` without a plan."""
    price = price_list().find(Unit.BILLING_SESSION, periods.to_micros(at))
    return price.amount if price else Decimal(0)


def has_price(unit: str) -> bool:
    """Whether the unit has ever been given a price."""
    return Price.objects.filter(unit=unit).exists()


def latest_price(unit: str) -> Decimal | None:
    """The amount of the unit's latest version, though it may not hold yet; None without any."""
    latest = Price.objects.filter(unit=unit).order_by("-from_at").first()
    return latest.amount if latest else None


def voice_channels() -> frozenset[str]:
    """The stored set, or the default where none has been fixed."""
    return stored_voice_channels() or DEFAULT_VOICE_CHANNELS


def stored_voice_channels() -> frozenset[str]:
    """The set that was fixed; empty before that."""
    return frozenset(VoiceChannel.objects.values_list("name", flat=True))
