"""The configured pay-as-you-go prices become versions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from quartermaster.core import periods
from quartermaster.core.errors import Refusal
from quartermaster.core.usage.events import FUTURE_MICROS
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.catalog import queries as catalog_queries
from quartermaster.store.catalog.models import Unit
from quartermaster.store.metering import queries as metering


class BadPrice(Refusal):
    """A price is a unit and a decimal of at least 0 with at most ten places."""

    code = "bad_price"
    kind = "invalid"


def publish_prices(prices: Mapping[str, Decimal], at: datetime) -> int:
    """Publishes a version for each unit whose price is not the latest; how many.

    A version holds from five minutes after `at`: events that far ahead may be charged already. The
    first one of a unit that nobody has had yet holds for all time.
    """
    for unit, amount in prices.items():
        exponent = amount.as_tuple().exponent
        if unit not in Unit.values or not (amount.is_finite() and 0 <= amount < 10**9):
            raise BadPrice(f"{unit}: {amount} is not a price", field="price")
        if isinstance(exponent, int) and exponent < -10:
            raise BadPrice(f"{unit}: {amount} has more than ten places", field="price")
    with transaction.atomic():
        catalog.lock_prices()
        return sum(
            catalog.publish_price(unit, amount, _start(unit, at)) for unit, amount in prices.items()
        )


def _start(unit: str, at: datetime) -> datetime:
    if catalog_queries.has_price(unit) or metering.is_metered(unit):
        return at + timedelta(microseconds=FUTURE_MICROS)
    return periods.EPOCH
