"""What is sold: plans, add-ons and support plans, and the plans of a product side by side."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from ninja import NinjaAPI, Schema
from ninja.decorators import decorate_view

from quartermaster.core import money
from quartermaster.core.catalog import comparing, writing
from quartermaster.core.catalog.comparing import Value
from quartermaster.core.catalog.offers import Cadence, Offer, SeatPrice
from quartermaster.core.pricing import wording
from quartermaster.core.pricing.parts import Model
from quartermaster.interfaces.api.schemas import REVALIDATED, UNCHANGED
from quartermaster.usecases.plans.show_catalog import Sold, show_catalog

Product = Literal["automation_ai", "search_ai", "contact_center_ai", "agent_ai"]
Kind = Literal["plan", "add_on", "support"]


class TitleOut(Schema):
    """What a limit or feature is called for people."""

    name: str
    title: str


class TierOut(Schema):
    """Units up to and including `up_to` (null: all further) at `unit` each, and `flat` once."""

    up_to: int | None
    unit: str
    flat: str


class ModelOut(Schema):
    """`flat` has an `amount`, `per_unit` one per unit, `package` one per `size` units; `graduated`
    and `volume` have tiers. `words` say the same."""

    model: Literal["flat", "per_unit", "graduated", "volume", "package"]
    amount: str | None
    size: int | None
    tiers: list[TierOut]
    words: str


class UsagePriceOut(Schema):
    """What a unit costs once the `included` ones of a month are used up."""

    unit: Literal["billing_session", "voice_session", "api_session", "alert", "notification"]
    included: int
    price: ModelOut


class FeesOut(Schema):
    """Due in advance for a month or a year; null where that cannot be chosen."""

    monthly: str | None
    annual: str | None


class SeatPriceOut(Schema):
    """What seats cost in advance beyond those that are included, and, where more are needed than
    were bought, `overage` each a month (null: no more than that can be used)."""

    kind: Literal["named", "concurrent"]
    included: int
    overage: str | None
    monthly: ModelOut | None
    annual: ModelOut | None


class LimitOut(Schema):
    """The most there may be of something."""

    name: str
    value: int


class TrialOut(Schema):
    """Free use before the first fee; null: as many sessions or seats as are wanted."""

    days: int
    sessions: int | None
    seats: int | None


class OfferOut(Schema):
    """One thing that is sold. `products` are those that it goes with: a plan's own, an add-on's,
    none for support. A unit that is not in `usage` is paid as it goes."""

    key: str
    version: int
    kind: Kind
    products: list[str]
    name: str
    title: str
    rank: int
    fees: FeesOut
    usage: list[UsagePriceOut]
    seats: SeatPriceOut | None
    limits: list[LimitOut]
    features: list[str]
    trial: TrialOut | None


class CatalogOut(Schema):
    """All that is sold, as it was published last; plans stand from the lowest to the highest."""

    publication: int
    published_at: datetime
    currency: str
    is_example: bool
    limits: list[TitleOut]
    features: list[TitleOut]
    offers: list[OfferOut]


class PlanOut(Schema):
    """A column of a comparison."""

    key: str
    version: int
    name: str
    title: str


class RowOut(Schema):
    """A value for each plan: an amount in `fee`, a number in `limits`, true or false in `features`,
    words elsewhere; null where the plan says nothing."""

    section: Literal["fee", "usage", "seats", "limits", "features", "trial"]
    name: str
    title: str
    values: list[bool | int | str | None]


class ComparisonOut(Schema):
    """The plans of a product side by side, the lowest first."""

    product: Product
    publication: int
    currency: str
    is_example: bool
    plans: list[PlanOut]
    rows: list[RowOut]


def register(api: NinjaAPI) -> None:
    """Adds the endpoints."""

    @api.get("/catalog", response={200: CatalogOut, **REVALIDATED}, summary="What is sold")
    @decorate_view(*UNCHANGED)
    def catalog(request: Any) -> dict[str, Any]:
        """All plans, add-ons and support plans that can be bought now."""
        return _catalog(show_catalog())

    @api.get(
        "/catalog/{product}/comparison",
        response={200: ComparisonOut, **REVALIDATED},
        summary="Plans of a product side by side",
    )
    @decorate_view(*UNCHANGED)
    def comparison(request: Any, product: Product) -> dict[str, Any]:
        """Fees, prices, limits and features of each plan; rows in which none says anything are
        left out."""
        return _comparison(show_catalog(), product)


def _catalog(sold: Sold) -> dict[str, Any]:
    numbers, symbol = sold.numbers(), money.symbol(sold.catalog.currency)
    return {
        "publication": sold.publication.number,
        "published_at": sold.publication.published_at,
        "currency": sold.catalog.currency,
        "is_example": sold.catalog.is_example,
        "limits": [{"name": n, "title": title} for n, title in sold.catalog.limits.items()],
        "features": [{"name": n, "title": title} for n, title in sold.catalog.features.items()],
        "offers": [
            {"key": one.key, "version": numbers[one.key], **_offer(one, symbol)}
            for one in sold.catalog.offers
        ],
    }


def _offer(one: Offer, symbol: str) -> dict[str, Any]:
    limits = one.limits or {}
    return {
        "kind": one.kind,
        "products": [one.product] if one.product else list(one.products),
        "name": one.name,
        "title": one.title,
        "rank": one.rank,
        "fees": {each: _amount(one.fees.get(each)) for each in Cadence},
        "usage": [
            {"unit": p.unit, "included": p.included, "price": priced(p.model, symbol)}
            for p in one.usage
        ],
        "seats": _seats(one.seats, symbol) if one.seats else None,
        "limits": [{"name": name, "value": value} for name, value in limits.items()],
        "features": list(one.features),
        "trial": one.trial
        and {
            "days": one.trial.days,
            "sessions": one.trial.sessions,
            "seats": one.trial.seats,
        },
    }


def _seats(price: SeatPrice, symbol: str) -> dict[str, Any]:
    prices = {
        str(each): priced(price.prices[each], symbol) if each in price.prices else None
        for each in Cadence
    }
    overage = _amount(price.overage)
    return {"kind": price.kind, "included": price.included, "overage": overage, **prices}


def priced(model: Model, symbol: str) -> dict[str, Any]:
    """A price model as ModelOut has it."""
    written = writing.model(model)
    tiers = written.get("tiers", ())
    return {
        "model": written["model"],
        "amount": written.get("amount"),
        "size": written.get("size"),
        "tiers": [{"up_to": None, "flat": "0.00", **tier} for tier in tiers],
        "words": wording.model(model, symbol),
    }


def _comparison(sold: Sold, product: str) -> dict[str, Any]:
    found, numbers = comparing.plans(sold.catalog, product), sold.numbers()
    return {
        "product": product,
        "publication": sold.publication.number,
        "currency": sold.catalog.currency,
        "is_example": sold.catalog.is_example,
        "plans": [
            {"key": one.key, "version": numbers[one.key], "name": one.name, "title": one.title}
            for one in found.plans
        ],
        "rows": [
            {
                "section": row.section,
                "name": row.name,
                "title": row.title,
                "values": [_value(one) for one in row.values],
            }
            for row in found.rows
        ],
    }


def _value(one: Value) -> bool | int | str | None:
    return money.exact(one) if isinstance(one, Decimal) else one


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else money.exact(amount)
