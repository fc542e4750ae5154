"""The plans of a product side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from quartermaster.core import money
from quartermaster.core.catalog.offers import Cadence, Catalog, Kind, Offer, SeatPrice, Trial
from quartermaster.core.pricing import wording
from quartermaster.core.usage.units import UNITS

Value = str | int | bool | Decimal | None
"""Words, a limit, whether there is a feature, a fee, or None: nothing is said."""
_EVERY: Final = {Cadence.MONTHLY: "month", Cadence.ANNUAL: "year"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line: `section` is fee, usage, seats, limits, features or trial; a value per plan."""

    section: str
    name: str
    title: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The plans from the lowest, and what they differ or agree in."""

    product: str
    plans: tuple[Offer, ...]
    rows: tuple[Row, ...]


def plans(catalog: Catalog, product: str) -> Comparison:
    """All plans of a product; rows in which no plan says anything are left out."""
    several = [one for one in catalog.offers if one.kind is Kind.PLAN and one.product == product]
    symbol = money.symbol(catalog.currency)
    rows = [
        *(_fees(several, cadence) for cadence in Cadence),
        *(_usage(several, unit, symbol) for unit in UNITS),
        Row("seats", "seats", "Seats", tuple(_seats(one.seats, symbol) for one in several)),
        *(_limit(several, name, title) for name, title in catalog.limits.items()),
        *(_feature(several, name, title) for name, title in catalog.features.items()),
        Row("trial", "trial", "Trial", tuple(_trial(one.trial) for one in several)),
    ]
    said = (row for row in rows if any(not _is_silent(value) for value in row.values))
    return Comparison(product, tuple(several), tuple(said))


def _is_silent(value: Value) -> bool:
    return value is None or value is False


def _fees(several: Sequence[Offer], cadence: Cadence) -> Row:
    fees = tuple(one.fees.get(cadence) for one in several)
    return Row("fee", f"fee_{cadence}", f"Fee per {_EVERY[cadence]}", fees)


def _usage(several: Sequence[Offer], unit: str, symbol: str) -> Row:
    prices = (one.price_of(unit) for one in several)
    title = unit.replace("_", " ").replace("api", "API")
    words = tuple(wording.usage(one, symbol) if one else None for one in prices)
    return Row("usage", unit, f"{title[0].upper()}{title[1:]}s", words)


def _seats(price: SeatPrice | None, symbol: str) -> str | None:
    if price is None:
        return None
    included = f"{price.included:,} included, then " if price.included else ""
    costs = (
        f"{wording.model(model, symbol)} a {_EVERY[cadence]}"
        for cadence, model in price.prices.items()
    )
    over = price.overage
    more = "" if over is None else f"; overage {wording.amount(over, symbol)} each a month"
    return f"{price.kind}: {included}{' or '.join(costs)}{more}"


def _limit(several: Sequence[Offer], name: str, title: str) -> Row:
    return Row("limits", name, title, tuple((one.limits or {}).get(name) for one in several))


def _feature(several: Sequence[Offer], name: str, title: str) -> Row:
    return Row("features", name, title, tuple(name in one.features for one in several))


def _trial(trial: Trial | None) -> str | None:
    if trial is None:
        return None
    ends = f" or {trial.sessions:,} sessions" if trial.sessions else ""
    seats = f", {trial.seats:,} seats" if trial.seats else ""
    return f"{trial.days:,} days{ends}{seats}"
