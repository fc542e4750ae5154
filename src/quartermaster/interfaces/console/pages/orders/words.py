"""What becomes of orders and payments, in plain words."""

from dataclasses import dataclass
from typing import Final

from quartermaster.core.lifecycles.disputes import Dispute
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Event, State
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import BY_ITSELF
from quartermaster.usecases.ports.gateways import Decline


@dataclass(frozen=True, slots=True)
class Status:
    """A state on a badge of a colour, and what happens next."""

    colour: str
    title: str
    then: str = ""

    @property
    def icon(self) -> str:
        """Beside what happens next."""
        return {"good": "circle-check", "bad": "alert-triangle"}.get(self.colour, "info-circle")


STATUS: Final = {
    State.DRAFT: Status(
        "plain", "Not submitted", "Submit it, and then pay it. It stands for a day."
    ),
    State.AWAITING_PAYMENT: Status(
        "warn", "To be paid", "Choose how to pay. What was ordered is there as soon as it is paid."
    ),
    State.PENDING_CLEARANCE: Status(
        "warn",
        "Pending payment clearance",
        "We wait for your bank transfer. Most take four to eight days; what was ordered is there "
        "when the money has come. You may still pay in another way, and nothing becomes overdue.",
    ),
    State.PAID: Status(
        "warn",
        "Paid, being looked into",
        "The money is there, but what was ordered can no longer be given as it was. Somebody "
        "looks into it and gives the money back, or what it was for.",
    ),
    State.FULFILLED: Status("good", "Paid", "It is done: what was ordered is there."),
    State.FAILED: Status("bad", "Failed", "It was not paid, and nothing came of it. Order again."),
    State.CANCELED: Status("plain", "Canceled", "Nothing came of it, and nothing is to be paid."),
    State.EXPIRED: Status(
        "plain", "Expired", "Nobody paid it in time, so nothing came of it. Order again."
    ),
    State.REFUNDED: Status("plain", "Refunded", "What was paid went back to you."),
}
_NOTHING_DUE: Final = Status("good", "Done", "It is done, and there was nothing to be paid now.")

EVENTS: Final = {
    Event.SUBMITTED: "Submitted",
    Event.WIRE_CHOSEN: "Payment by wire chosen",
    Event.PAID: "Paid",
    Event.ACCEPTED: "Accepted without payment",
    Event.FULFILLED: "What was ordered was given",
    Event.DECLINED: "A payment was declined",
    Event.GIVEN_UP: "Given up",
    Event.CANCELED: "Canceled",
    Event.EXPIRED: "Expired",
    Event.REFUNDED: "Refunded",
}
DISPUTES: Final = {
    Dispute.OPEN: "It is not decided yet who keeps the money. The order stays as it is until then.",
    Dispute.LOST: "It was decided that the buyer keeps the money. What was ordered is not settled "
    "for that yet.",
    Dispute.NOTED: "It was decided that the buyer keeps the money, and what was ordered is settled "
    "for that.",
}
KINDS: Final = {
    MethodKind.PAYPAL: "PayPal",
    MethodKind.CARD: "Card",
    MethodKind.WIRE: "Wire transfer",
    MethodKind.BY_HAND: "Noted by the operator",
}
DECLINES: Final = {
    Decline.DECLINED: "The bank declined it, and does not say why. Ask it, or pay in another way.",
    Decline.INSUFFICIENT_FUNDS: "There is not enough money on the account.",
    Decline.EXPIRED_CARD: "The card has expired.",
    Decline.NOT_CONFIRMED: "It was not confirmed: the one-time password was wrong or not given.",
    Decline.NEEDS_BUYER: "The bank wants the card holder to be there: pay on the page.",
    Decline.PROCESSING_ERROR: "Something went wrong on the way. Try again in a moment.",
    Decline.NO_METHOD: "No way to pay is saved.",
    Decline.NOT_TAKEN: "Who keeps this way to pay takes no payments here now. Choose another.",
    Decline.CANCELED: "It was given up, or another way was chosen.",
}


def status(order: Order) -> Status:
    """Of an order."""
    if order.state == State.FULFILLED and not order.due_minor:
        return _NOTHING_DUE
    return STATUS[State(order.state)]


def why(payment: Payment) -> str:
    """Why it was declined: in our words where they are known, else in those of who declined it."""
    said = DECLINES.get(Decline(payment.code)) if payment.code in set(Decline) else None
    return said or payment.reason or DECLINES[Decline.DECLINED]


def method(payment: Payment | None, state: str) -> str:
    """How an order is, or was to be, paid: what people know it by."""
    if state == State.PENDING_CLEARANCE and (payment is None or payment.outcome is not None):
        return KINDS[MethodKind.WIRE]
    if payment is None:
        return "–"
    if payment.method is not None and payment.method.label:
        return payment.method.label
    return KINDS[MethodKind(payment.kind)]


def who(by: str) -> str:
    """Who did something."""
    return "Quartermaster, by itself" if by in (BY_ITSELF, "") else by
