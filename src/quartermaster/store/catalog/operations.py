"""Writes of prices, what is sold, and voice channels."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from quartermaster.core.catalog import writing
from quartermaster.core.catalog.offers import Catalog, Offer
from quartermaster.store import sql
from quartermaster.store.catalog import queries
from quartermaster.store.catalog.models import OfferVersion, Price, Publication, VoiceChannel


def lock_prices() -> None:
    """Whoever publishes prices does so one after the other, to the end of the transaction."""
    sql.run("lock table catalog_price in share row exclusive mode")


def publish_price(unit: str, amount: Decimal, from_at: datetime) -> bool:
    """A new version from `from_at` on or, if that is later, from just after the latest one; none
    if the latest has this price. True if one was published."""
    latest = Price.objects.filter(unit=unit).order_by("-from_at").first()
    if latest is not None and latest.amount == amount:
        return False
    if latest is not None and from_at <= latest.from_at:
        from_at = latest.from_at + timedelta(microseconds=1)
    Price.objects.create(unit=unit, amount=amount, from_at=from_at)
    return True


def publish_catalog(catalog: Catalog, at: datetime) -> Publication:
    """The next publication. Offers on the terms of their latest version keep it, the others get a
    new one. The caller holds the lock and has seen that something changes."""
    before = queries.current_publication()
    versions = [_version(one, at) for one in catalog.offers]
    return Publication.objects.create(
        number=before.number + 1 if before else 1,
        published_at=at,
        currency=catalog.currency,
        is_example=catalog.is_example,
        titles={"limits": [*catalog.limits.items()], "features": [*catalog.features.items()]},
        versions=[version.id for version in versions],
    )


def _version(one: Offer, at: datetime) -> OfferVersion:
    latest = queries.latest_version(one.key)
    if latest and latest.offer == one:
        return latest
    return OfferVersion.objects.create(
        key=one.key,
        number=latest.number + 1 if latest else 1,
        kind=one.kind,
        product=one.product,
        terms=writing.stored_offer(one),
        published_at=at,
    )


def lock_voice_channels() -> None:
    """Whoever fixes voice channels does so one after the other, to the end of the transaction."""
    sql.run("lock table catalog_voicechannel in share row exclusive mode")


def add_voice_channels(names: Iterable[str]) -> None:
    """Stores them; the caller holds the lock and has seen that there are none."""
    VoiceChannel.objects.bulk_create(VoiceChannel(name=name) for name in sorted(names))
