"""What can be bought, and on what terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from quartermaster.core.pricing.parts import Model
from quartermaster.core.pricing.rating import UsagePrice


class Cadence(StrEnum):
    """How often a fee is due, in advance."""

    MONTHLY = "monthly"
    ANNUAL = "annual"


PRODUCT_TITLES: Final = {
    "automation_ai": "Automation AI",
    "search_ai": "Search AI",
    "contact_center_ai": "Contact Center AI",
    "agent_ai": "Agent AI",
}
MONTHS: Final = {Cadence.MONTHLY: 1, Cadence.ANNUAL: 12}


class Kind(StrEnum):
    """A bot has one plan per product, any number of add-ons, and one support plan."""

    PLAN = "plan"
    ADD_ON = "add_on"
    SUPPORT = "support"


class SeatKind(StrEnum):
    """How seats are counted: agents who hold one, or agents present at once."""

    NAMED = "named"
    CONCURRENT = "concurrent"


@dataclass(frozen=True, slots=True)
class SeatPrice:
    """Seats of one kind: `included` come with the fee, `prices` says what the others cost per
    cycle in advance, `overage` what one more than was bought costs per month in arrears (None:
    there is no overage)."""

    kind: SeatKind
    prices: Mapping[Cadence, Model]
    included: int = 0
    overage: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """Free use before the first fee, up to `days`, and to as many sessions and with as many seats,
    where that is limited."""

    days: int
    sessions: int | None = None
    seats: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that is sold.

    A plan has a product; `products` of an add-on are those whose plans it goes with. `fees` are per
    cycle in advance; a cadence that is not in it cannot be chosen. Quantities that are included and
    tiers are per month, with annual fees too. `rank` is the place among the plans of a product, or
    among support plans, from the lowest; add-ons have none.
    """

    kind: Kind
    name: str
    title: str
    fees: Mapping[Cadence, Decimal]
    product: str | None = None
    products: tuple[str, ...] = ()
    rank: int = 0
    usage: tuple[UsagePrice, ...] = ()
    seats: SeatPrice | None = None
    limits: Mapping[str, int] | None = None
    features: tuple[str, ...] = ()
    trial: Trial | None = None

    @property
    def key(self) -> str:
        """Its name among all that is sold, such as `plan/automation_ai/essential`."""
        return "/".join(filter(None, (self.kind, self.product, self.name)))

    def price_of(self, unit: str) -> UsagePrice | None:
        """The unit's price; None where the offer has none, so that it is paid as it goes."""
        return next((price for price in self.usage if price.unit == unit), None)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All that is sold: plans, add-ons, support plans, of each product by rank. `limits` and
    `features` title what plans are compared by, in that order."""

    currency: str
    is_example: bool
    limits: Mapping[str, str]
    features: Mapping[str, str]
    offers: tuple[Offer, ...]
