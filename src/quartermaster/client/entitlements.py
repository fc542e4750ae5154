"""What the API answers about what bots may use, typed (docs/reference/api.md)."""

from datetime import datetime

from msgspec import Struct


class LimitUse(Struct, frozen=True):
    """A limit and what is left of it; None: nothing limits it."""

    name: str
    limit: int | None
    used: int
    left: int | None
    is_exceeded: bool


class Given(Struct, frozen=True):
    """A feature or an add-on, and the key of the offer that gives it."""

    name: str
    is_given: bool
    given_by: str | None


class SeatUse(Struct, frozen=True):
    """Seats of a product; `bought` None: not limited."""

    kind: str | None
    bought: int | None
    used: int
    left: int | None
    policy: str
    is_exceeded: bool


class HeldPlan(Struct, frozen=True):
    """The plan that a bot has."""

    key: str
    title: str
    is_trial: bool


class ProductEntitlements(Struct, frozen=True):
    """What a bot may use of a product; without a plan it pays as it goes."""

    product: str
    plan: HeldPlan | None
    limits: list[LimitUse]
    features: list[Given]
    add_ons: list[Given]
    seats: SeatUse | None


class Entitlements(Struct, frozen=True):
    """What a bot may use, product by product."""

    bot: str
    support: str | None
    products: list[ProductEntitlements]


class Entitlement(Struct, frozen=True):
    """One limit, feature or add-on: `kind` says which."""

    bot: str
    product: str
    name: str
    kind: str
    may_use: bool
    limit: int | None
    used: int | None
    left: int | None
    is_exceeded: bool
    given_by: str | None


class SeatCheck(Struct, frozen=True):
    """Whether an agent may log in, and the seats with this agent counted if so."""

    bot: str
    product: str
    agent: str
    may_log_in: bool
    status: str
    reason: str
    kind: str | None
    seats: int | None
    used: int
    left: int | None
    policy: str


class SeatHeld(Struct, frozen=True):
    """A named seat; `assigned_at` None: the agent holds none."""

    bot: str
    product: str
    agent: str
    assigned_at: datetime | None
