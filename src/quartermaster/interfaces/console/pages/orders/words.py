"""What becomes of orders and payments, in plain words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from quartermaster.core import money
from quartermaster.core.lifecycles.disputes import Dispute
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import PAYABLE, Event, Outcome, State
from quartermaster.core.lifecycles.wires import Arrived
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import BY_ITSELF, BY_REFERENCE
from quartermaster.store.orders.telling import Step
from quartermaster.usecases.ports.gateways import Decline
from quartermaster.usecases.reports.explain_order import REFUNDED_IN_PART


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
_REFUNDED_IN_PART: Final = Status(
    "plain", "Refunded in part", "It is done, and part of what was paid went back to you."
)
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
_NOBODY: Final = {
    "": "Quartermaster, by itself",
    BY_ITSELF: "Quartermaster, by itself",
    BY_REFERENCE: "Bank transfer with the exact reference",
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
    Decline.CANCELED: "Nobody paid on the page, or another way was chosen.",
}
AT_PAYPAL: Final = {
    Decline.DECLINED: "PayPal declined it, and does not say why. Ask PayPal, or pay in another "
    "way.",
    Decline.NOT_CONFIRMED: "It was not confirmed at PayPal.",
    Decline.NEEDS_BUYER: "PayPal wants you to be there: pay on its page.",
}
"""Where no bank is asked."""
GIVEN_UP: Final = "A payment was given up"


def status(order: Order, refunded_minor: int = 0) -> Status:
    """Of an order, of which so much went back."""
    if order.state == State.FULFILLED and refunded_minor:
        return _REFUNDED_IN_PART
    if order.state == State.FULFILLED and not order.due_minor:
        return _NOTHING_DUE
    return STATUS[State(order.state)]


def came(order: Order, wire: Arrived | None) -> str:
    """What came for it by bank, as long as that is not simply all of it."""
    if wire is None:
        return ""
    amounts = (order.due_minor, wire.received_minor, wire.missing_minor, wire.unneeded_minor)
    due, received, missing, unneeded = (
        money.shown_minor(amount, order.currency) for amount in amounts
    )
    if order.state not in PAYABLE:
        decided = "Somebody decides whether it becomes credit or goes back to you."
        words = f"{unneeded} came by bank transfer that this order did not need. {decided}"
        return words if wire.unneeded_minor else ""
    if wire.missing_minor:
        return (
            f"{received} of {due} came by bank transfer, and {missing} is missing. Transfer just "
            f"that, with the same reference. In another way you pay all of {due}, and somebody "
            "decides what becomes of what came."
        )
    more = f", {unneeded} more than is due" if wire.unneeded_minor else ", which is all that is due"
    return f"{received} came by bank transfer{more}. Somebody looks at it: please do not pay again."


def why(payment: Payment) -> str:
    """Why it was declined: in our words where they are known, else in those of who declined it."""
    ours = DECLINES | AT_PAYPAL if payment.kind == MethodKind.PAYPAL else DECLINES
    said = ours.get(Decline(payment.code)) if payment.code in set(Decline) else None
    return said or payment.reason or ours[Decline.DECLINED]


def is_given_up(payment: Payment) -> bool:
    """Whether nobody declined it: the buyer turned back, or chose another way."""
    return payment.outcome == Outcome.DECLINED and payment.code == Decline.CANCELED


def asked(payment: Payment) -> str:
    """Whom an answer is awaited from, or came from."""
    return "PayPal" if payment.kind == MethodKind.PAYPAL else "your bank"


def method(payment: Payment | None, state: str) -> str:
    """How an order is, or was to be, paid: what people know it by."""
    if state == State.PENDING_CLEARANCE and (payment is None or payment.outcome is not None):
        return KINDS[MethodKind.WIRE]
    if payment is None:
        return "–"
    if payment.method is not None and payment.method.label:
        return payment.method.label
    return KINDS[MethodKind(payment.kind)]


def steps(several: list[Step], payments: list[Payment]) -> list[str]:
    """What happened, each in words. A step that says an attempt failed was noted at the instant at
    which that became known, and attempts follow each other."""
    failed: dict[datetime | None, list[Payment]] = {}
    for payment in payments:
        if payment.outcome == Outcome.DECLINED:
            failed.setdefault(payment.known_at, []).append(payment)
    return [_step(one, failed) for one in several]


def _step(one: Step, failed: dict[datetime | None, list[Payment]]) -> str:
    if one.event == REFUNDED_IN_PART:
        return "Refunded in part"
    left = failed.get(one.at) if one.event == Event.DECLINED else None
    return GIVEN_UP if left and is_given_up(left.pop(0)) else EVENTS[Event(one.event)]


def who(by: str, title: str = "") -> str:
    """Who did something; who gave up a payment is not known."""
    return "–" if title == GIVEN_UP and by in _NOBODY else _NOBODY.get(by, by)
