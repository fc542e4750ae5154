"""Plain values → what is sold, or all that is wrong with it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from decimal import Decimal
from typing import Any

from quartermaster.core import money
from quartermaster.core.catalog import plain
from quartermaster.core.catalog.offers import (
    Cadence,
    Catalog,
    Kind,
    Offer,
    SeatKind,
    SeatPrice,
    Trial,
)
from quartermaster.core.catalog.plain import Fault, Fields, Plain
from quartermaster.core.errors import Refusal
from quartermaster.core.pricing.flat import Flat
from quartermaster.core.pricing.graduated import Graduated
from quartermaster.core.pricing.package import Package
from quartermaster.core.pricing.parts import Model, Tier
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.pricing.volume import Volume
from quartermaster.core.usage.events import PRODUCTS
from quartermaster.core.usage.units import UNITS, Unit

LISTS = {"plans": Kind.PLAN, "add_ons": Kind.ADD_ON, "support": Kind.SUPPORT}
"""Where in a catalog each kind stands."""
_MODELS = {
    "flat": ("amount",),
    "per_unit": ("amount",),
    "package": ("amount", "size"),
    "graduated": ("tiers",),
    "volume": ("tiers",),
}
"""The price models and the fields of each."""
_OF_KIND = {
    Kind.PLAN: ("usage", "seats", "limits", "features", "trial"),
    Kind.ADD_ON: ("products", "usage"),
    Kind.SUPPORT: (),
}


class BadCatalog(Refusal):
    """The catalog cannot be used. `faults` is all that is wrong with it."""

    code = "bad_catalog"
    kind = "invalid"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(str(faults[0]), field=faults[0].field or None)
        self.faults = faults


def catalog(value: Any) -> Catalog:
    """The whole, from mappings, lists and texts; BadCatalog with every fault."""
    whole = Plain(value)
    fields = whole.fields(("currency",), ("example", "limits", "features", *LISTS))
    titles = {
        name: _titles(fields[name]) if name in fields else {} for name in ("limits", "features")
    }
    found = Catalog(
        _currency(fields["currency"]),
        "example" in fields and fields["example"].flag(),
        titles["limits"],
        titles["features"],
        tuple(_offers(fields, titles)),
    )
    if whole.faults:
        raise BadCatalog(whole.faults)
    return found


def stored_offer(value: Mapping[str, Any]) -> Offer:
    """An offer as `writing.offer` has written it."""
    whole = Plain(value)
    of = Plain(value["kind"]).one_of(tuple(Kind))
    known = {name: dict.fromkeys(value.get(name, ()), "") for name in ("limits", "features")}
    rest = {name: one for name, one in value.items() if name not in ("kind", "rank")}
    found = offer(Plain(rest, faults=whole.faults), Kind(of), known)
    if whole.faults:
        raise BadCatalog(whole.faults)
    return replace(found, rank=int(value["rank"]))


def offer(value: Plain, kind: Kind, titles: Mapping[str, Mapping[str, str]]) -> Offer:
    """One thing that is sold, under what `limits` and `features` there are; not yet ranked."""
    own = ("product",) if kind is Kind.PLAN else ()
    fields = value.fields((*own, "name", "fee"), ("title", *_OF_KIND[kind]))
    name = fields["name"].name() if "name" in fields else ""
    fees = _fees(fields["fee"]) if "fee" in fields else {}
    return Offer(
        kind=kind,
        name=name,
        title=fields["title"].text() if "title" in fields else name.replace("_", " ").title(),
        fees=fees,
        product=fields["product"].one_of(PRODUCTS) if own else None,
        products=_products(fields) if kind is Kind.ADD_ON else (),
        usage=_usage(fields["usage"]) if "usage" in fields else (),
        seats=_seats(fields["seats"], fees.keys()) if "seats" in fields else None,
        limits=_limits(fields, titles["limits"]),
        features=_features(fields, titles["features"]),
        trial=_trial(fields["trial"]) if "trial" in fields else None,
    )


def _titles(value: Plain) -> dict[str, str]:
    found = value.mapping()
    for name, one in found.items():
        if not plain.is_name(name):
            one.fault(f"{name!r} is no name: lower-case letters, digits and _, a letter first")
    return {name: one.text() for name, one in found.items()}


def _offers(fields: Fields, titles: Mapping[str, Mapping[str, str]]) -> Iterator[Offer]:
    """All of them; two of one name are one too many. Ranks are counted in each product, so that a
    plan that comes or goes does not touch those of other products."""
    seen: set[str] = set()
    ranks: Counter[tuple[Kind, str | None]] = Counter()
    kinds: dict[str | None, SeatKind] = {}
    for name, kind in LISTS.items():
        for one in fields[name].several() if name in fields else ():
            found = offer(one, kind, titles)
            if found.key in seen:
                one.fault(f"{found.key} is there twice")
            seen.add(found.key)
            if (
                found.seats
                and kinds.setdefault(found.product, found.seats.kind) != found.seats.kind
            ):
                one.fault(f"the seats of {found.product} are {kinds[found.product]} in other plans")
            yield found if kind is Kind.ADD_ON else replace(found, rank=ranks[kind, found.product])
            ranks[kind, found.product] += 1


def _currency(value: Plain) -> str:
    written = value.value
    if isinstance(written, str) and money.is_code(written):
        return written
    value.fault("must be a currency of three capitals, such as USD")
    return ""


def _products(fields: Fields) -> tuple[str, ...]:
    if "products" not in fields:
        return PRODUCTS
    found = fields["products"].several_of(PRODUCTS)
    if not found:
        fields["products"].fault("at least one product is needed")
    return found


def _cadence(value: Plain) -> Cadence | None:
    name = value.path[-1]
    if name in tuple(Cadence):
        return Cadence(str(name))
    value.fault(f"there is no cadence {name!r}, only {', '.join(Cadence)}")
    return None


def _fees(value: Plain) -> dict[Cadence, Decimal]:
    found = {_cadence(one): one.amount() for one in value.mapping().values()}
    if not found and isinstance(value.value, Mapping):
        value.fault(f"at least one of {', '.join(Cadence)} is needed")
    return {cadence: amount for cadence, amount in found.items() if cadence}


def _usage(value: Plain) -> tuple[UsagePrice, ...]:
    found = []
    for name, one in value.mapping().items():
        if name not in tuple(Unit):
            one.fault(f"there is no unit {name!r}, only {', '.join(Unit)}")
            continue
        found.append(usage_price(one, name))
    return tuple(sorted(found, key=lambda price: UNITS.index(Unit(price.unit))))


def usage_price(value: Plain, unit: str) -> UsagePrice:
    """A price model with how many are included; what is wrong is among the value's faults."""
    model, fields = _model(value, ("included",))
    return UsagePrice(unit, model, fields["included"].whole(0) if "included" in fields else 0)


def _model(value: Plain, more: tuple[str, ...] = ()) -> tuple[Model, Fields]:
    """A price model; `more` are fields that may stand beside its own."""
    written = value.value.get("model") if isinstance(value.value, Mapping) else None
    if written not in tuple(_MODELS):
        if written is not None:
            value.within("model", written).one_of(_MODELS)
        elif isinstance(value.value, Mapping):
            value.fault("model is missing")
        else:
            value.mapping()
        return Flat(Decimal(0)), Fields(value, {})
    name = str(written)
    fields = value.fields(("model", *_MODELS[name]), more)
    if name in ("graduated", "volume"):
        tiers = _tiers(fields["tiers"]) if "tiers" in fields else ()
        return (Graduated(tiers) if name == "graduated" else Volume(tiers)), fields
    amount = fields["amount"].amount() if "amount" in fields else Decimal(0)
    if name == "package":
        return Package(amount, fields["size"].whole(1) if "size" in fields else 1), fields
    return (Flat(amount) if name == "flat" else PerUnit(amount)), fields


def _tiers(value: Plain) -> tuple[Tier, ...]:
    found: list[Tier] = []
    several = list(value.several())
    below = 0
    for place, one in enumerate(several):
        fields = one.fields(("unit",), ("up_to", "flat"))
        is_last = place == len(several) - 1
        end = fields["up_to"].whole(below + 1) if "up_to" in fields and not is_last else None
        if is_last and "up_to" in fields:
            fields["up_to"].fault("the last tier has no end")
        if not is_last and "up_to" not in fields:
            one.fault("up_to is missing: only the last tier has no end")
        flat = fields["flat"].amount() if "flat" in fields else Decimal(0)
        unit = fields["unit"].amount() if "unit" in fields else Decimal(0)
        found.append(Tier(end, unit, flat))
        below = end or below
    if not several:
        value.fault("at least one tier is needed")
    return tuple(found)


def _seats(value: Plain, fees: AbstractSet[Cadence]) -> SeatPrice:
    fields = value.fields(("kind",), ("included", "overage", *Cadence))
    prices = {one: _model(fields[one])[0] for one in Cadence if one in fields}
    if not prices:
        value.fault(f"at least one of {', '.join(Cadence)} is needed")
    for cadence in sorted(fees - prices.keys()):
        value.fault(f"{cadence} is missing: there is a fee for it")
    return SeatPrice(
        SeatKind(fields["kind"].one_of(tuple(SeatKind))) if "kind" in fields else SeatKind.NAMED,
        prices,
        fields["included"].whole(0) if "included" in fields else 0,
        fields["overage"].amount() if "overage" in fields else None,
    )


def _limits(fields: Fields, titles: Mapping[str, str]) -> dict[str, int] | None:
    if "limits" not in fields:
        return None
    found = fields["limits"].mapping()
    for name, one in found.items():
        if name not in titles:
            one.fault(f"there is no limit {name!r} in the catalog's limits: {', '.join(titles)}")
    return {name: one.whole(0) for name, one in found.items()}


def _features(fields: Fields, titles: Mapping[str, str]) -> tuple[str, ...]:
    if "features" not in fields:
        return ()
    return fields["features"].several_of(titles)


def _trial(value: Plain) -> Trial:
    fields = value.fields(("days",), ("sessions", "seats"))
    return Trial(
        fields["days"].whole(1, 365),
        fields["sessions"].whole(1) if "sessions" in fields else None,
        fields["seats"].whole(1) if "seats" in fields else None,
    )
