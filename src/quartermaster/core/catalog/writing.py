"""What is sold → plain values, which `reading` reads back to the same."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quartermaster.core import money
from quartermaster.core.catalog.offers import Cadence, Catalog, Kind, Offer, SeatPrice, Trial
from quartermaster.core.catalog.reading import LISTS
from quartermaster.core.pricing.flat import Flat
from quartermaster.core.pricing.graduated import Graduated
from quartermaster.core.pricing.package import Package
from quartermaster.core.pricing.parts import Model, Tier
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.volume import Volume


def catalog(whole: Catalog) -> dict[str, Any]:
    """All of it."""
    found = head(whole)
    for name, kind in LISTS.items():
        found[name] = [_offer(one, whole.limits) for one in whole.offers if one.kind is kind]
    return found


def head(whole: Catalog) -> dict[str, Any]:
    """What stands before the offers."""
    example = {"example": True} if whole.is_example else {}
    titles = {"limits": dict(whole.limits), "features": dict(whole.features)}
    return {"currency": whole.currency} | example | titles


def stored_offer(one: Offer) -> dict[str, Any]:
    """One with its kind and rank, as it is stored."""
    return {"kind": str(one.kind), "rank": one.rank} | _offer(one, one.limits or {})


def _offer(one: Offer, limits: Iterable[str]) -> dict[str, Any]:
    """In the order in which people write it, its limits in that of `limits`."""
    found: dict[str, Any] = {"product": one.product} if one.kind is Kind.PLAN else {}
    found |= {"name": one.name, "title": one.title}
    if one.kind is Kind.ADD_ON:
        found["products"] = list(one.products)
    found["fee"] = {str(each): money.exact(one.fees[each]) for each in Cadence if each in one.fees}
    if one.usage:
        found["usage"] = {
            str(price.unit): ({"included": price.included} if price.included else {})
            | model(price.model)
            for price in one.usage
        }
    if one.seats:
        found["seats"] = _seats(one.seats)
    if one.limits is not None:
        found["limits"] = {name: one.limits[name] for name in limits if name in one.limits}
    if one.features:
        found["features"] = list(one.features)
    if one.trial:
        found["trial"] = _trial(one.trial)
    return found


def _seats(price: SeatPrice) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": str(price.kind)}
    if price.included:
        found["included"] = price.included
    if price.overage is not None:
        found["overage"] = money.exact(price.overage)
    return found | {
        str(each): model(price.prices[each]) for each in Cadence if each in price.prices
    }


def _trial(trial: Trial) -> dict[str, int]:
    several = {"days": trial.days, "sessions": trial.sessions, "seats": trial.seats}
    return {name: number for name, number in several.items() if number is not None}


def model(one: Model) -> dict[str, Any]:
    """A price model and its fields."""
    match one:
        case Flat():
            return {"model": "flat", "amount": money.exact(one.amount)}
        case PerUnit():
            return {"model": "per_unit", "amount": money.exact(one.amount)}
        case Package():
            return {"model": "package", "amount": money.exact(one.amount), "size": one.size}
        case Graduated():
            return {"model": "graduated", "tiers": _tiers(one.tiers)}
        case Volume():
            return {"model": "volume", "tiers": _tiers(one.tiers)}
    raise TypeError(f"{one} is no price model")


def _tiers(several: Sequence[Tier]) -> list[Mapping[str, Any]]:
    return [
        ({} if tier.up_to is None else {"up_to": tier.up_to})
        | {"unit": money.exact(tier.unit_price)}
        | ({"flat": money.exact(tier.fee)} if tier.fee else {})
        for tier in several
    ]
