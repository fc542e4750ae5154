"""Writes of prices."""

from datetime import datetime, timedelta
from decimal import Decimal

from quartermaster.store import sql
from quartermaster.store.catalog.models import Price


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
