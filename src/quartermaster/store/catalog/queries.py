"""Reads of prices and voice channels."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final

import numpy as np

from quartermaster.core import periods
from quartermaster.core.pricing import per_unit
from quartermaster.core.usage.state import Ints
from quartermaster.core.usage.units import UNITS, Unit
from quartermaster.store.catalog.models import Price, VoiceChannel

DEFAULT_VOICE_CHANNELS: Final = frozenset({"voice"})


class PriceList:
    """The pay-as-you-go price versions of every unit."""

    def __init__(self, versions: Iterable[Price]) -> None:
        self._by_unit: dict[str, list[Price]] = {}
        for one in sorted(versions, key=lambda price: price.from_at):
            self._by_unit.setdefault(one.unit, []).append(one)

    def at(self, units: Ints, micros: Ints) -> tuple[Ints, Ints]:
        """The ids of the versions in force for places in `UNITS` at instants each (0: none,
        or free), and what one unit costs in millionths, rounded once."""
        ids, amounts = np.zeros(len(units), np.int64), np.zeros(len(units), np.int64)
        for place in np.unique(units).tolist():
            versions = self._by_unit.get(UNITS[place], [])
            starts = [periods.to_micros(one.from_at) for one in versions]
            rows = np.flatnonzero(units == place)
            version = np.searchsorted(np.array(starts, np.int64), micros[rows], side="right")
            each = [per_unit.amount_micro(1, one.amount) for one in versions]
            ids[rows] = np.array([0, *(one.id if one.amount else 0 for one in versions)])[version]
            amounts[rows] = np.array([0, *each], np.int64)[version]
        return ids, amounts

    def find(self, unit: str, at: datetime) -> Price | None:
        """The version in force at an instant; None where the unit has no price."""
        held = [one for one in self._by_unit.get(unit, []) if one.from_at <= at]
        return held[-1] if held else None


def price_list() -> PriceList:
    """All versions; there are few, and they never change."""
    return PriceList(Price.objects.all())


def session_price(at: datetime) -> Decimal:
    """What a billing session costs at `at` without a plan."""
    price = price_list().find(Unit.BILLING_SESSION, at)
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
