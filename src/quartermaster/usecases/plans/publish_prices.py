"""The configured pay-as-you-go prices become versions."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.catalog.models import Unit


class BadPrice(Refusal):
    """A price is a unit and a decimal of at least 0 with at most ten places."""

    code = "bad_price"
    kind = "invalid"


def publish_prices(prices: Mapping[str, Decimal], at: datetime) -> int:
    """Publishes a version for each unit whose price is not the one in force; how many."""
    for unit, amount in prices.items():
        exponent = amount.as_tuple().exponent
        if unit not in Unit.values or not (amount.is_finite() and 0 <= amount < 10**9):
            raise BadPrice(f"{unit}: {amount} is not a price", field="price")
        if isinstance(exponent, int) and exponent < -10:
            raise BadPrice(f"{unit}: {amount} has more than ten places", field="price")
    with transaction.atomic():
        return sum(catalog.publish_price(unit, amount, at) for unit, amount in prices.items())
