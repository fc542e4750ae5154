"""The life of a subscription."""

from datetime import UTC, datetime, timedelta

import pytest

from quartermaster.core.lifecycles import subscriptions
from quartermaster.core.lifecycles.subscriptions import LIVE, STEPS, Event, NotInThisState, State

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (("bought",), "active"),
        (("trial_started",), "trialing"),
        (("trial_started", "bought", "upgraded", "renewed"), "active"),
        (("trial_started", "ended"), "canceled"),
        (("bought", "renewal_failed", "renewal_failed", "renewed"), "active"),
        (("bought", "renewal_failed", "given_up"), "canceled"),
        (("bought", "ended"), "canceled"),
        (("bought", "renewal_failed", "ended"), "canceled"),
    ],
)
def test_lives(events: tuple[str, ...], expected: str) -> None:
    state: State | None = None
    for event in events:
        state = subscriptions.step(state, Event(event))
    assert state == expected


def test_what_is_not_in_the_table_cannot_happen() -> None:
    for state in (None, *State):
        for event in Event:
            if (state, event) in STEPS:
                assert subscriptions.step(state, event) is STEPS[state, event]
            else:
                with pytest.raises(NotInThisState, match=event.replace("_", " ")):
                    subscriptions.step(state, event)


def test_canceled_is_the_end_and_all_states_are_reached() -> None:
    assert not [state for state, _ in STEPS if state is State.CANCELED]
    assert {*STEPS.values()} == {*State}
    assert {*State} - LIVE == {State.CANCELED}


@pytest.mark.parametrize(
    ("failures", "days"), [(1, 1), (2, 3), (3, 5), (4, 7), (5, None), (6, None)]
)
def test_a_failed_renewal_is_tried_again_on_days(failures: int, days: int | None) -> None:
    expected = None if days is None else START + timedelta(days=days)
    assert subscriptions.next_attempt(START, failures) == expected


def test_without_retries_it_is_given_up_at_once() -> None:
    assert subscriptions.next_attempt(START, 1, ()) is None
