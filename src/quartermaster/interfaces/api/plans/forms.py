"""What the API asks and answers about subscriptions and orders."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from ninja import Header, Schema
from pydantic import Field, StrictBool

from quartermaster.interfaces.api.questions import Body, Name, Paged, Whole
from quartermaster.interfaces.api.schemas import KEY_HEADER, PROBLEMS, ProblemOut
from quartermaster.store.invoices import telling as invoices
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.orders import telling
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.queries import Sums
from quartermaster.usecases.reports.explain_order import ExplainedOrder

ACTED: Final[dict[int, Any]] = PROBLEMS | dict.fromkeys((400, 403, 409, 415), ProblemOut)
"""What an act answers where it is not done."""

Key = Annotated[
    str,
    Header(
        alias=KEY_HEADER,
        max_length=200,
        pattern="^[!-~]+$",
        description="Made by the client: the same key again is the same order.",
    ),
]
Cadence = Literal["monthly", "annual"]
Kind = Literal["plan", "add_on", "support"]
OrderState = Literal[
    "draft",
    "awaiting_payment",
    "pending_clearance",
    "paid",
    "fulfilled",
    "failed",
    "canceled",
    "expired",
    "refunded",
]


class OfferIn(Body):
    """What is wanted, by its key in the catalog."""

    offer: Name = Field(description="Such as `plan/automation_ai/essential`.")


Draft = Annotated[
    StrictBool,
    Field(description="A draft holds the quote for a day, and is paid after it was submitted."),
]


class ChangeIn(OfferIn):
    """What a bot is to have."""

    cadence: Cadence = Field("monthly", description="How often the fee is due.")
    seats: Annotated[Whole, Field(ge=0, le=1_000_000)] | None = Field(
        None, description="In all, those that are included too; by default only these."
    )
    is_draft: Draft = False


class TermsOut(Schema):
    """A version of an offer, and on what terms."""

    offer: str
    version: int
    cadence: Cadence
    seats: int


class SubscriptionOut(Schema):
    """What a bot has in a place: a product, an add-on's name, or `support`. `next` is what follows
    at `cycle_end_at`, null if nothing changes; `is_ending` says that nothing follows. `failed_at`
    is when the renewal first failed, `attempt_at` when it is tried again."""

    id: str
    bot: str
    bot_name: str
    kind: Kind
    place: str
    state: Literal["trialing", "active", "past_due", "canceled"]
    title: str
    offer: str
    version: int
    cadence: Cadence
    seats: int
    cycle_start_at: datetime
    cycle_end_at: datetime
    next: TermsOut | None
    is_ending: bool
    failed_at: datetime | None
    attempt_at: datetime | None
    started_at: datetime
    canceled_at: datetime | None


class SubscriptionsOut(Schema):
    """Those that live first. `support` is the key of the support plan that the bot has, also where
    it is free and was never ordered."""

    subscriptions: list[SubscriptionOut]
    support: str | None


class OrderLineOut(Schema):
    """An amount for a time; below zero it credits what is left of a line that was paid. `formula`
    is how it came about, in words."""

    what: Literal["fee", "seats", "unused", "funds"]
    description: str
    quantity: int
    amount: str
    formula: str
    start_at: datetime
    end_at: datetime


class QuoteOut(Schema):
    """What an order would be. It comes at once or (not `is_now`) at `cycle_start_at`, and then
    there is nothing to be paid before."""

    is_now: bool
    offer: str
    title: str
    cadence: Cadence
    seats: int
    cycle_start_at: datetime
    cycle_end_at: datetime
    currency: str
    total: str
    tax: str
    due: str
    lines: list[OrderLineOut]


class NamedInvoiceOut(Schema):
    """An invoice by its id and number."""

    id: str
    number: str


class OrderOut(Schema):
    """A request to buy. `schedule` notes what follows with the next cycle; `renew` and `recharge`
    are made by themselves; `funds` and `recharge` are of credit, which has no offer and no cycle.
    `cycle_start_at` and `cycle_end_at` are the first cycle of what it brings. `total` is without
    tax; with it, `due` is still to be paid, `paid` was paid, and `refunded` of that went back.
    `invoice` is null before it was paid, and where there is none of its own."""

    id: str
    bot: str
    bot_name: str
    subscription: str | None
    kind: Literal["subscribe", "modify", "schedule", "renew", "funds", "recharge"]
    state: OrderState
    place: str
    title: str
    offer: str | None
    version: int | None
    cadence: Cadence | None
    seats: int
    cycle_start_at: datetime | None
    cycle_end_at: datetime | None
    currency: str
    total: str
    tax: str
    due: str
    paid: str
    refunded: str
    ordered_at: datetime
    settled_at: datetime | None
    invoice: NamedInvoiceOut | None


class RefundOut(Schema):
    """Part of a payment that went back; `outcome` is null while it is not known. Outside: it went
    back by other ways, as a lost dispute or at the provider's own page, and was only noted here."""

    id: str
    amount: str
    is_outside: bool
    outcome: Literal["succeeded", "declined"] | None
    reason: str
    by: str
    begun_at: datetime
    known_at: datetime | None


class PaymentOut(Schema):
    """An attempt to have an order paid; `outcome` is null while it is not known. `url` is the
    provider's page, where the buyer pays on one; `method` the saved way to pay. `code` says why it
    was declined, in words that do not depend on the provider. The buyer's bank has called back
    `disputed` of it since `disputed_at`, and of that has got `lost` for good."""

    id: str
    kind: Literal["card", "paypal", "wire", "by_hand"]
    provider: str | None
    method: str | None
    amount: str
    outcome: Literal["succeeded", "declined"] | None
    code: str | None
    reason: str
    url: str | None
    disputed: str
    lost: str
    disputed_at: datetime | None
    begun_at: datetime
    known_at: datetime | None
    refunds: list[RefundOut]


class StepOut(Schema):
    """What happened to an order, and who did it: a key, a person, or `quartermaster` itself.
    `refunded_in_part` leaves its state; how much went back, `refunds` of the payment say."""

    event: str
    state: OrderState
    at: datetime
    by: str


class WireOut(Schema):
    """What came by bank for an order, matched to it or not: so much in all. `missing` is still to
    come, while the order can be paid; `unneeded` is too much or too late, and a person decides
    what becomes of it."""

    received: str
    missing: str
    unneeded: str


class ExplainedOrderOut(OrderOut):
    """An order with its lines, which sum to its total, the attempts to have it paid, and what
    happened to it. `wire` is null if nothing has come by bank."""

    lines: list[OrderLineOut]
    payments: list[PaymentOut]
    steps: list[StepOut]
    wire: WireOut | None


class OrdersOut(Schema):
    """The latest first; `next_cursor` asks for the page after this one."""

    orders: list[OrderOut]
    next_cursor: str | None


class OrdersAsked(Paged):
    """Which orders."""

    bot: Name | None = Field(None, description="Name or public id.")


def order(one: Order, sums: Sums, invoice: Invoice | None) -> dict[str, Any]:
    """As `OrderOut` has it."""
    return {**telling.order(one, sums), "invoice": invoices.named(invoice)}


def explained(found: ExplainedOrder) -> dict[str, Any]:
    """As `ExplainedOrderOut` has it."""
    currency = found.order.currency
    return {
        **order(found.order, found.sums, found.invoice),
        "lines": [telling.line(one.line, one.formula, currency) for one in found.lines],
        "payments": [
            telling.payment(one, found.refunds_of(one), currency) for one in found.payments
        ],
        "steps": [telling.step(one) for one in found.steps],
        "wire": telling.wire(found.wire, currency),
    }
