"""The configured pay-as-you-go prices become versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from quartermaster.core import periods
from quartermaster.core.errors import Refusal
from quartermaster.core.usage.events import FUTURE_MICROS
from quartermaster.core.usage.units import Unit
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.catalog import queries as catalog_queries
from quartermaster.store.metering import queries as metering


class BadPrice(Refusal):
    """A price is a unit and a decimal of at least 0 with at most ten places."""

    code = "bad_price"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A version that was published; `before` is None for the first of its unit."""

    unit: str
    before: Decimal | None
    after: Decimal


def publish_prices(
    prices: Mapping[str, Decimal], at: datetime, defaults: Mapping[str, Decimal] | None = None
) -> list[PriceChange]:
    """Publishes a version for each unit whose price is not the latest; units that are not in
    `prices` and never had one get theirs of `defaults`.

    A version holds from five minutes after `at`: events that far ahead may be charged already. The
    first one of a unit that nobody has had yet holds for all time.
    """
    for unit, amount in {**(defaults or {}), **prices}.items():
        _require_price(unit, amount)
    with transaction.atomic():
        catalog.lock_prices()
        wanted = {
            unit: amount
            for unit, amount in (defaults or {}).items()
            if not catalog_queries.has_price(unit)
        } | dict(prices)
        before = {unit: catalog_queries.latest_price(unit) for unit in wanted}
        return [
            PriceChange(unit, before[unit], amount)
            for unit, amount in wanted.items()
            if catalog.publish_price(unit, amount, _start(unit, at))
        ]


def _require_price(unit: str, amount: Decimal) -> None:
    exponent = amount.as_tuple().exponent
    if unit not in tuple(Unit) or not (amount.is_finite() and 0 <= amount < 10**9):
        raise BadPrice(f"{unit}: {amount} is not a price", field="price")
    if isinstance(exponent, int) and exponent < -10:
        raise BadPrice(f"{unit}: {amount} has more than ten places", field="price")


def _start(unit: str, at: datetime) -> datetime:
    if catalog_queries.has_price(unit) or metering.is_metered(unit):
        return at + timedelta(microseconds=FUTURE_MICROS)
    return periods.EPOCH
