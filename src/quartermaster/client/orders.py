"""What the API answers about subscriptions and orders, typed. Amounts are exact decimals."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct


class Terms(Struct, frozen=True):
    """A version of an offer, and on what terms."""

    offer: str
    version: int
    cadence: str
    seats: int


class Subscription(Struct, frozen=True):
    """What a bot has in a place; `next` is what follows at the end of the cycle, if it changes."""

    id: str
    bot: str
    bot_name: str
    kind: str
    place: str
    state: str
    title: str
    offer: str
    version: int
    cadence: str
    seats: int
    cycle_start_at: datetime
    cycle_end_at: datetime
    next: Terms | None
    is_ending: bool
    failed_at: datetime | None
    attempt_at: datetime | None
    started_at: datetime
    canceled_at: datetime | None


class Subscriptions(Struct, frozen=True):
    """All that a bot has and had; `support` is the key of its support plan."""

    subscriptions: list[Subscription]
    support: str | None


class OrderLine(Struct, frozen=True):
    """An amount for a time, and how it came about; below zero it credits what was paid."""

    what: str
    description: str
    quantity: int
    amount: Decimal
    formula: str
    start_at: datetime
    end_at: datetime


class Quote(Struct, frozen=True):
    """What an order would be; not `is_now`: it comes at `cycle_start_at`."""

    is_now: bool
    offer: str
    title: str
    cadence: str
    seats: int
    cycle_start_at: datetime
    cycle_end_at: datetime
    currency: str
    total: Decimal
    lines: list[OrderLine]


class NamedInvoice(Struct, frozen=True):
    """An invoice by its id and number."""

    id: str
    number: str


class Order(Struct, frozen=True):
    """A request to buy; credit has no offer and no cycle. `total` is without tax.
    With it, `due` is still to be paid, `paid` was paid, and `refunded` of it went back."""

    id: str
    bot: str
    bot_name: str
    subscription: str | None
    kind: str
    state: str
    place: str
    title: str
    offer: str | None
    version: int | None
    cadence: str | None
    seats: int
    cycle_start_at: datetime | None
    cycle_end_at: datetime | None
    currency: str
    total: Decimal
    tax: Decimal
    due: Decimal
    paid: Decimal
    refunded: Decimal
    ordered_at: datetime
    settled_at: datetime | None
    invoice: NamedInvoice | None


class Refund(Struct, frozen=True):
    """Part of a payment that went back; `outcome` is None while it is not known. Outside: by other
    ways than the provider's answer to us."""

    id: str
    amount: Decimal
    is_outside: bool
    outcome: str | None
    reason: str
    begun_at: datetime
    known_at: datetime | None


class Payment(Struct, frozen=True):
    """An attempt to have an order paid; `outcome` is None while it is not known. `url` is the page
    on which the buyer pays, `code` why it was declined."""

    id: str
    kind: str
    provider: str | None
    method: str | None
    amount: Decimal
    outcome: str | None
    code: str | None
    reason: str
    url: str | None
    disputed: Decimal
    lost: Decimal
    disputed_at: datetime | None
    begun_at: datetime
    known_at: datetime | None
    refunds: list[Refund]


class Step(Struct, frozen=True):
    """What happened to an order, and who did it."""

    event: str
    state: str
    at: datetime
    by: str


class Wire(Struct, frozen=True):
    """What came by bank for an order: `missing` is still to come, `unneeded` was too much or too
    late, and a person decides on it."""

    received: Decimal
    missing: Decimal
    unneeded: Decimal


class ExplainedOrder(Order, frozen=True):
    """With its lines, the attempts to have it paid, and what happened to it. `wire` is None if
    nothing has come by bank."""

    lines: list[OrderLine]
    payments: list[Payment]
    steps: list[Step]
    wire: Wire | None = None


class OrderPage(Struct, frozen=True):
    """The latest first."""

    orders: list[Order]
    next_cursor: str | None
