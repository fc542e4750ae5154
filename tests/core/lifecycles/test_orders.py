"""The life of an order."""

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


def test_what_is_settled_stays_so() -> None:
    assert {state for state, _ in STEPS} == OPEN
    assert {*STEPS.values()} == {*State}
