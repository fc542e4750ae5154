"""Writes of prices and voice channels."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from quartermaster.store import sql
from quartermaster.store.catalog.models import Price, VoiceChannel


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


def lock_voice_channels() -> None:
    """Whoever fixes voice channels does so one after the other, to the end of the transaction."""
    sql.run("lock table catalog_voicechannel in share row exclusive mode")


def add_voice_channels(names: Iterable[str]) -> None:
    """Stores them; the caller holds the lock and has seen that there are none."""
    VoiceChannel.objects.bulk_create(VoiceChannel(name=name) for name in sorted(names))
