"""The plans of a product side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from quartermaster.core.catalog.offers import Cadence, Catalog, Kind, Offer, SeatPrice, Trial
from quartermaster.core.pricing import wording
from quartermaster.core.usage.units import UNITS

Value = str | int | bool | None
"""Words, a limit, whether there is a feature, or None: nothing is said."""
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
    found = [one for one in catalog.offers if one.kind is Kind.PLAN and one.product == product]
    several = tuple(sorted(found, key=lambda one: one.rank))
    rows = [
        *(_fees(several, cadence) for cadence in Cadence),
        *(_usage(several, unit) for unit in UNITS),
        Row("seats", "seats", "Seats", tuple(_seats(one.seats) for one in several)),
        *(_limit(several, name, title) for name, title in catalog.limits.items()),
        *(_feature(several, name, title) for name, title in catalog.features.items()),
        Row("trial", "trial", "Trial", tuple(_trial(one.trial) for one in several)),
    ]
    said = (row for row in rows if any(value not in (None, False) for value in row.values))
    return Comparison(product, several, tuple(said))


def _fees(several: Sequence[Offer], cadence: Cadence) -> Row:
    values = (one.fees.get(cadence) for one in several)
    words = tuple(None if fee is None else f"${fee:,.2f} a {_EVERY[cadence]}" for fee in values)
    return Row("fee", f"fee_{cadence}", f"Fee, {cadence}", words)


def _usage(several: Sequence[Offer], unit: str) -> Row:
    prices = (one.price_of(unit) for one in several)
    title = unit.replace("_", " ").capitalize() + "s"
    return Row("usage", unit, title, tuple(wording.usage(one) if one else None for one in prices))


def _seats(price: SeatPrice | None) -> str | None:
    if price is None:
        return None
    included = f"{price.included:,} included, then " if price.included else ""
    costs = (
        f"{wording.model(model)} a {_EVERY[cadence]}" for cadence, model in price.prices.items()
    )
    over = "" if price.overage is None else f"; above what was bought ${price.overage:,.2f} each"
    return f"{price.kind}: {included}{' or '.join(costs)}{over}"


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
