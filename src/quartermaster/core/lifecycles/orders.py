"""The life of an order, and what can come of an attempt to have it paid."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from quartermaster.core.errors import Refusal

PLAN_KINDS: Final = ("subscribe", "modify", "schedule", "renew")
"""Of what is subscribed to. `schedule` notes what is to hold from the next cycle on; nothing is
paid for it before."""
FUNDS_KINDS: Final = ("funds", "recharge")
"""Of credit: a person adds funds, or they are added by themselves."""
KINDS: Final = (*PLAN_KINDS, *FUNDS_KINDS)
WIRE_KINDS: Final = ("funds", "subscribe")
"""Those that can wait for a wire, which takes days: nothing of them is reckoned to the second, and
none is made by itself. Of a subscription that is its first order; renewals charge a saved way."""


class State(StrEnum):
    """`DRAFT`: put together, and not submitted. `PENDING_CLEARANCE`: a wire is on its way.
    `PAID`: the money is there; what was bought follows in the same transaction, or cannot be given
    any more, and then a person decides."""

    DRAFT = "draft"
    AWAITING_PAYMENT = "awaiting_payment"
    PENDING_CLEARANCE = "pending_clearance"
    PAID = "paid"
    FULFILLED = "fulfilled"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class Event(StrEnum):
    """What happens to an order. `DECLINED`: this attempt failed, another may follow; `GIVEN_UP`:
    none will. `ACCEPTED`: nothing is to be paid for it, or not now."""

    SUBMITTED = "submitted"
    WIRE_CHOSEN = "wire_chosen"
    PAID = "paid"
    ACCEPTED = "accepted"
    FULFILLED = "fulfilled"
    DECLINED = "declined"
    GIVEN_UP = "given_up"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class Outcome(StrEnum):
    """What came of an attempt to pay. `UNKNOWN` is asked again until it is one of the others."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    UNKNOWN = "unknown"


_WAITING: Final = (State.AWAITING_PAYMENT, State.PENDING_CLEARANCE)
_GONE: Final = (State.FAILED, State.CANCELED, State.EXPIRED)

STEPS: Final[Mapping[tuple[State, Event], State]] = {
    (State.DRAFT, Event.SUBMITTED): State.AWAITING_PAYMENT,
    (State.DRAFT, Event.CANCELED): State.CANCELED,
    (State.DRAFT, Event.EXPIRED): State.EXPIRED,
    (State.AWAITING_PAYMENT, Event.WIRE_CHOSEN): State.PENDING_CLEARANCE,
    (State.AWAITING_PAYMENT, Event.ACCEPTED): State.FULFILLED,
    **{(state, Event.DECLINED): state for state in _WAITING},
    **{(state, Event.GIVEN_UP): State.FAILED for state in _WAITING},
    **{(state, Event.CANCELED): State.CANCELED for state in _WAITING},
    **{(state, Event.EXPIRED): State.EXPIRED for state in _WAITING},
    **{(state, Event.PAID): State.PAID for state in (*_WAITING, *_GONE)},
    (State.PAID, Event.FULFILLED): State.FULFILLED,
    (State.PAID, Event.REFUNDED): State.REFUNDED,
    (State.FULFILLED, Event.REFUNDED): State.REFUNDED,
}
"""All there are. Money that comes for an order that came to nothing is kept as paid."""

OPEN: Final = frozenset({State.DRAFT, *_WAITING})
"""Nothing has come of it yet."""
PAYABLE: Final = frozenset(_WAITING)

STANDS: Final = timedelta(days=1)
"""How long the quote of an order stands."""
WIRE_STANDS: Final = timedelta(days=30)
"""How long a wire is waited for: most take four to eight days."""


class OrderSettled(Refusal):
    """The order is settled already."""

    code = "order_settled"
    kind = "conflict"


def step(state: State, event: Event) -> State:
    """The state after an event; OrderSettled where nothing can happen to it any more."""
    try:
        return STEPS[state, event]
    except KeyError:
        raise OrderSettled(f"the order is {state} already", field="order") from None


def expires_at(state: State, kind: str, ordered_at: datetime) -> datetime | None:
    """When nobody needs to wait for an order's payment any longer. None: what is settled, and
    renewals, which are tried again on certain days until they are given up."""
    if state not in OPEN or kind == "renew":
        return None
    return ordered_at + (WIRE_STANDS if state is State.PENDING_CLEARANCE else STANDS)
