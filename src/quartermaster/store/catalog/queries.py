"""Reads of prices, what is sold, and voice channels."""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final

import numpy as np

from quartermaster.core import periods
from quartermaster.core.catalog.offers import Catalog, Kind, Offer
from quartermaster.core.pricing import per_unit
from quartermaster.core.usage.state import Ints
from quartermaster.core.usage.units import UNITS, Unit
from quartermaster.store.catalog.models import OfferVersion, Price, Publication, VoiceChannel

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


def current_publication() -> Publication | None:
    """The latest; None before the first."""
    return Publication.objects.order_by("-number").first()


def current_versions() -> list[OfferVersion]:
    """What is sold now, in the catalog's order."""
    publication = current_publication()
    return versions_in(publication) if publication else []


def versions_in(publication: Publication) -> list[OfferVersion]:
    """What was sold from that publication on, in its order."""
    found = OfferVersion.objects.in_bulk(publication.versions)
    return [found[id_] for id_ in publication.versions]


def current_catalog() -> Catalog | None:
    """What is sold now; None where nothing has been published."""
    publication = current_publication()
    return catalog_in(publication) if publication else None


def catalog_in(publication: Publication) -> Catalog:
    """The catalog as it was published."""
    return catalog_of(publication, versions_in(publication))


def catalog_of(publication: Publication, versions: Iterable[OfferVersion]) -> Catalog:
    """The same, of its versions that were read already."""
    return Catalog(
        publication.currency,
        publication.is_example,
        dict(publication.titles["limits"]),
        dict(publication.titles["features"]),
        tuple(version.offer for version in versions),
    )


def plans_named(name: str) -> list[tuple[Publication, dict[str, tuple[int, Offer]]]]:
    """Each publication, the first one first, with the plans of this name that it sold: the id of
    the version and the terms, by product."""
    versions = OfferVersion.objects.filter(kind=Kind.PLAN.value, key__endswith=f"/{name}")
    found = {one.id: (one.product or "", one.offer) for one in versions}
    return [
        (one, {found[id_][0]: (id_, found[id_][1]) for id_ in one.versions if id_ in found})
        for one in Publication.objects.order_by("number")
    ]


def offer_version(id_: int) -> OfferVersion:
    """One that somebody has bought, sold still or not."""
    return OfferVersion.objects.get(id=id_)


def offers(ids: Collection[int]) -> dict[int, Offer]:
    """The terms of versions, by their ids."""
    found = OfferVersion.objects.filter(id__in=ids) if ids else ()
    return {version.id: version.offer for version in found}


def current_version(key: str) -> OfferVersion | None:
    """The one that is sold now; None where that is no longer, or never was."""
    return next((version for version in current_versions() if version.key == key), None)


def latest_version(key: str) -> OfferVersion | None:
    """The last one, sold still or not."""
    return OfferVersion.objects.filter(key=key).order_by("-number").first()


def versions_of(key: str) -> list[OfferVersion]:
    """All there have been, the first one first."""
    return list(OfferVersion.objects.filter(key=key).order_by("number"))


def all_versions() -> list[OfferVersion]:
    """All that was ever sold, by key and number."""
    return list(OfferVersion.objects.order_by("key", "number"))


def voice_channels() -> frozenset[str]:
    """The stored set, or the default where none has been fixed."""
    return stored_voice_channels() or DEFAULT_VOICE_CHANNELS


def stored_voice_channels() -> frozenset[str]:
    """The set that was fixed; empty before that."""
    return frozenset(VoiceChannel.objects.values_list("name", flat=True))
