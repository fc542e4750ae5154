"""What the API asks and answers about subscriptions and orders."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from ninja import Header, Schema
from pydantic import Field, StrictInt

from quartermaster.interfaces.api.questions import Name, Paged
from quartermaster.interfaces.api.schemas import KEY_HEADER, PROBLEMS, ProblemOut
from quartermaster.store.orders import telling
from quartermaster.usecases.reports.explain_order import ExplainedOrder

ACTED: Final[dict[int, Any]] = PROBLEMS | dict.fromkeys((400, 403, 409), ProblemOut)
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
OrderState = Literal["awaiting_payment", "fulfilled", "failed", "canceled"]


class OfferIn(Schema):
    """What is wanted, by its key in the catalog."""

    offer: Name = Field(description="Such as `plan/automation_ai/essential`.")


class ChangeIn(OfferIn):
    """What a bot is to have."""

    cadence: Cadence = Field("monthly", description="How often the fee is due.")
    seats: Annotated[StrictInt, Field(ge=0, le=1_000_000)] | None = Field(
        None, description="In all, those that are included too; by default only these."
    )


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
    """Those that live first."""

    subscriptions: list[SubscriptionOut]


class OrderLineOut(Schema):
    """An amount for a time; below zero it credits what is left of a line that was paid. `formula`
    is how it came about, in words."""

    what: Literal["fee", "seats", "unused"]
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
    lines: list[OrderLineOut]


class OrderOut(Schema):
    """A request to buy. `schedule` notes what follows with the next cycle, and `renew` is made by
    itself. `cycle_start_at` and `cycle_end_at` are the first cycle of what it brings."""

    id: str
    bot: str
    bot_name: str
    subscription: str | None
    kind: Literal["subscribe", "modify", "schedule", "renew"]
    state: OrderState
    place: str
    title: str
    offer: str
    version: int
    cadence: Cadence
    seats: int
    cycle_start_at: datetime
    cycle_end_at: datetime
    currency: str
    total: str
    ordered_at: datetime
    settled_at: datetime | None


class PaymentOut(Schema):
    """An attempt to have an order paid; `outcome` is null while it is not known."""

    id: str
    outcome: Literal["succeeded", "declined"] | None
    reason: str
    begun_at: datetime
    known_at: datetime | None


class ExplainedOrderOut(OrderOut):
    """An order with its lines, which sum to its total, and the attempts to have it paid."""

    lines: list[OrderLineOut]
    payments: list[PaymentOut]


class OrdersOut(Schema):
    """The latest first; `next_cursor` asks for the page after this one."""

    orders: list[OrderOut]
    next_cursor: str | None


class OrdersAsked(Paged):
    """Which orders."""

    bot: Name | None = Field(None, description="Name or public id.")


def explained(found: ExplainedOrder) -> dict[str, Any]:
    """As `ExplainedOrderOut` has it."""
    currency = found.order.currency
    return {
        **telling.order(found.order),
        "lines": [telling.line(one.line, one.formula, currency) for one in found.lines],
        "payments": [telling.payment(one) for one in found.payments],
    }
