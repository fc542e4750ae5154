"""A share of a fee for a part of its time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.periods import Period
from quartermaster.core.pricing import proration

START = datetime(2026, 4, 1, tzinfo=UTC)
APRIL = Period(START, datetime(2026, 5, 1, tzinfo=UTC))
_instants = st.integers(-(10**12), 4 * 10**12).map(lambda n: START + timedelta(microseconds=n))


@pytest.mark.parametrize(
    ("days", "seconds", "expected"),
    [
        (0, 0, 6_000),
        (15, 0, 3_000),
        (29, 86_399, 0),
        (30, 0, 0),
        (31, 0, 0),
        (-1, 0, 6_000),
        (10, 0, 4_000),
        (0, 0.999999, 6_000),
        (0, 216, 6_000),
        (0, 217, 5_999),
    ],
)
def test_of_sixty_dollars_for_april(days: int, seconds: float, expected: int) -> None:
    """A cent is 432 seconds of it; halves are rounded away from zero."""
    at = START + timedelta(days=days, seconds=seconds)
    assert proration.unused(6_000, APRIL, at) == expected


def test_nothing_is_left_of_no_time() -> None:
    assert proration.unused(6_000, Period(START, START), START) == 0


def test_of_less_than_a_second_all_is_left_before_it_and_nothing_in_it() -> None:
    """The cycle of a clock that stood still."""
    moment = Period(START + timedelta(microseconds=1), START + timedelta(microseconds=9))
    assert proration.unused(6_000, moment, START - timedelta(seconds=1)) == 6_000
    assert proration.unused(6_000, moment, START) == 0


@given(st.integers(0, 10**9), _instants, _instants)
@settings(max_examples=100, deadline=None)
def test_never_more_than_there_was_and_never_more_later(
    amount: int, one: datetime, other: datetime
) -> None:
    early, late = sorted((one, other))
    assert amount >= proration.unused(amount, APRIL, early)
    assert proration.unused(amount, APRIL, early) >= proration.unused(amount, APRIL, late) >= 0
