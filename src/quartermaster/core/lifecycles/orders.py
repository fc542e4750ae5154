"""The life of an order, and what can come of an attempt to have it paid."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from quartermaster.core.errors import Refusal

KINDS: Final = ("subscribe", "modify", "schedule", "renew")
"""`schedule` notes what is to hold from the next cycle on; nothing is paid for it before."""


class State(StrEnum):
    """`FULFILLED`: paid, and what was bought is there. The two come in one transaction."""

    AWAITING_PAYMENT = "awaiting_payment"
    FULFILLED = "fulfilled"
    FAILED = "failed"
    CANCELED = "canceled"


class Event(StrEnum):
    """What happens to an order. `DECLINED`: this attempt failed, another may follow; `GIVEN_UP`:
    none will."""

    PAID = "paid"
    DECLINED = "declined"
    GIVEN_UP = "given_up"
    CANCELED = "canceled"


class Outcome(StrEnum):
    """What came of an attempt to pay. `UNKNOWN` is asked again until it is one of the others."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    UNKNOWN = "unknown"


STEPS: Final[Mapping[tuple[State, Event], State]] = {
    (State.AWAITING_PAYMENT, Event.PAID): State.FULFILLED,
    (State.AWAITING_PAYMENT, Event.DECLINED): State.AWAITING_PAYMENT,
    (State.AWAITING_PAYMENT, Event.GIVEN_UP): State.FAILED,
    (State.AWAITING_PAYMENT, Event.CANCELED): State.CANCELED,
}
"""All there are."""

OPEN: Final = frozenset({State.AWAITING_PAYMENT})


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
