"""The life of a subscription: its states, what leads from one to another, and when."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from quartermaster.core.errors import Refusal


class State(StrEnum):
    """`PAST_DUE`: a renewal was not paid and is tried again. A subscription that was `CANCELED`
    stays so; who comes back subscribes anew."""

    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELED = "canceled"


class Event(StrEnum):
    """What happens to a subscription."""

    TRIAL_STARTED = "trial_started"
    BOUGHT = "bought"
    UPGRADED = "upgraded"
    RENEWED = "renewed"
    RENEWAL_FAILED = "renewal_failed"
    GIVEN_UP = "given_up"
    ENDED = "ended"


STEPS: Final[Mapping[tuple[State | None, Event], State]] = {
    (None, Event.TRIAL_STARTED): State.TRIALING,
    (None, Event.BOUGHT): State.ACTIVE,
    (State.TRIALING, Event.BOUGHT): State.ACTIVE,
    (State.TRIALING, Event.ENDED): State.CANCELED,
    (State.ACTIVE, Event.UPGRADED): State.ACTIVE,
    (State.ACTIVE, Event.RENEWED): State.ACTIVE,
    (State.ACTIVE, Event.RENEWAL_FAILED): State.PAST_DUE,
    (State.ACTIVE, Event.ENDED): State.CANCELED,
    (State.PAST_DUE, Event.RENEWED): State.ACTIVE,
    (State.PAST_DUE, Event.RENEWAL_FAILED): State.PAST_DUE,
    (State.PAST_DUE, Event.GIVEN_UP): State.CANCELED,
    (State.PAST_DUE, Event.ENDED): State.CANCELED,
}
"""All there are. What is not here cannot happen."""

LIVE: Final = frozenset({State.TRIALING, State.ACTIVE, State.PAST_DUE})
"""States in which a subscription gives what was bought."""

RETRY_DAYS: Final = (1, 3, 5, 7)
"""When a failed renewal is tried again, in days from its first failure."""


class NotInThisState(Refusal):
    """The subscription's state does not allow this."""

    code = "not_in_this_state"
    kind = "conflict"


def step(state: State | None, event: Event) -> State:
    """The state after an event; NotInThisState where it cannot happen."""
    try:
        return STEPS[state, event]
    except KeyError:
        of = f"is {state}" if state else "does not exist yet"
        raise NotInThisState(
            f"the subscription {of}: {event.replace('_', ' ')} cannot follow", field="subscription"
        ) from None


def next_attempt(
    failed_at: datetime, failures: int, days: tuple[int, ...] = RETRY_DAYS
) -> datetime | None:
    """When a renewal that first failed at `failed_at`, and so many times in all (>= 1), is tried
    again; None: it is given up."""
    if failures > len(days):
        return None
    return failed_at + timedelta(days=days[failures - 1])


def gives_up_at(failed_at: datetime, days: tuple[int, ...] = RETRY_DAYS) -> datetime:
    """When a renewal that first failed at `failed_at` is given up, if no attempt succeeds."""
    return failed_at + timedelta(days=days[-1])
