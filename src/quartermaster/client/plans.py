"""What the API answers about plans, typed (docs/reference/api.md). Amounts are exact decimals."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct


class Titled(Struct, frozen=True):
    """What a limit or feature is called for people."""

    name: str
    title: str


class Tier(Struct, frozen=True):
    """Units up to and including `up_to` (None: all further) at `unit` each, and `flat` once."""

    up_to: int | None
    unit: Decimal
    flat: Decimal


class Model(Struct, frozen=True):
    """How quantities are priced, and the same in words."""

    model: str
    amount: Decimal | None
    size: int | None
    tiers: list[Tier]
    words: str


class UsagePrice(Struct, frozen=True):
    """What a unit costs once the `included` ones of a month are used up."""

    unit: str
    included: int
    price: Model


class Fees(Struct, frozen=True):
    """Due in advance; None where that cannot be chosen."""

    monthly: Decimal | None
    annual: Decimal | None


class SeatPrice(Struct, frozen=True):
    """What seats cost beyond those that are included."""

    kind: str
    included: int
    overage: Decimal | None
    monthly: Model | None
    annual: Model | None


class Limit(Struct, frozen=True):
    """The most there may be of something."""

    name: str
    value: int


class Trial(Struct, frozen=True):
    """Free use before the first fee."""

    days: int
    sessions: int | None
    seats: int | None


class Offer(Struct, frozen=True):
    """A plan, add-on or support plan, in its version."""

    key: str
    version: int
    kind: str
    products: list[str]
    name: str
    title: str
    rank: int
    fees: Fees
    usage: list[UsagePrice]
    seats: SeatPrice | None
    limits: list[Limit]
    features: list[str]
    trial: Trial | None


class Catalog(Struct, frozen=True):
    """All that is sold."""

    publication: int
    published_at: datetime
    currency: str
    is_example: bool
    limits: list[Titled]
    features: list[Titled]
    offers: list[Offer]


class ComparedPlan(Struct, frozen=True):
    """A column of a comparison."""

    key: str
    version: int
    name: str
    title: str


class ComparedRow(Struct, frozen=True):
    """A value for each plan: fees as decimal texts, limits as numbers, features as yes or no."""

    section: str
    name: str
    title: str
    values: list[bool | int | str | None]


class Comparison(Struct, frozen=True):
    """The plans of a product side by side, the lowest first."""

    product: str
    publication: int
    currency: str
    is_example: bool
    plans: list[ComparedPlan]
    rows: list[ComparedRow]
