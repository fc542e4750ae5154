"""Writes of prices."""

from datetime import datetime
from decimal import Decimal

from quartermaster.core import periods
from quartermaster.store.catalog.models import Price


def publish_price(unit: str, amount: Decimal, at: datetime) -> bool:
    """A new version from `at` on, unless the price in force is the same; the first version of a
    unit holds for all time before it too. True if one was published."""
    latest = Price.objects.filter(unit=unit).order_by("-from_at").first()
    if latest is not None and latest.amount == amount:
        return False
    Price.objects.create(unit=unit, amount=amount, from_at=at if latest else periods.EPOCH)
    return True
