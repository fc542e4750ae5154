"""The life of an order."""

from datetime import UTC, datetime, timedelta

import pytest

from quartermaster.core.lifecycles import orders
from quartermaster.core.lifecycles.orders import OPEN, STEPS, Event, OrderSettled, State


def test_what_is_not_in_the_table_cannot_happen() -> None:
    for state in State:
        for event in Event:
            if (state, event) in STEPS:
                assert orders.step(state, event) is STEPS[state, event]
            else:
                with pytest.raises(OrderSettled, match=f"{state} already"):
                    orders.step(state, event)


def test_every_state_but_the_first_is_reached_and_only_refunds_are_the_end() -> None:
    assert {*STEPS.values()} == {*State} - {State.DRAFT}
    assert {*State} - {state for state, _ in STEPS} == {State.REFUNDED}


def test_of_what_came_to_nothing_only_money_is_kept() -> None:
    gone = {State.FAILED, State.CANCELED, State.EXPIRED}
    assert {event for state, event in STEPS if state in gone} == {Event.PAID}
    assert {event for state, event in STEPS if state not in OPEN | gone} == {
        Event.FULFILLED,
        Event.REFUNDED,
    }


@pytest.mark.parametrize(
    ("state", "kind", "days"),
    [
        (State.DRAFT, "funds", 1),
        (State.AWAITING_PAYMENT, "subscribe", 1),
        (State.PENDING_CLEARANCE, "funds", 30),
        (State.AWAITING_PAYMENT, "renew", None),
        (State.FULFILLED, "funds", None),
    ],
)
def test_how_long_an_order_is_waited_for(state: State, kind: str, days: int | None) -> None:
    at = datetime(2026, 2, 28, tzinfo=UTC)
    until = None if days is None else at + timedelta(days=days)
    assert orders.expires_at(state, kind, at) == until
