"""What becomes of agents beyond the seats that were bought."""

from datetime import timedelta

import pytest

from quartermaster.core.periods import FOREVER, Period
from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.store.people import queries
from quartermaster.usecases.people.set_seat_policy import set_seat_policy
from tests.books import NOW, open_books


@pytest.mark.django_db
def test_it_is_refuse_until_somebody_says_otherwise() -> None:
    mine, other = open_books().workspace, open_books().workspace
    assert mine.seat_policy == SeatPolicy.REFUSE
    for _ in range(2):
        set_seat_policy(mine, SeatPolicy.OVERAGE, NOW)
    for one in (mine, other):
        one.refresh_from_db()
    assert (mine.seat_policy, other.seat_policy) == ("overage", "refuse")


@pytest.mark.django_db
def test_when_it_was_overage_stays_known() -> None:
    mine, hour = open_books().workspace, timedelta(hours=1)
    for number, policy in enumerate(("overage", "refuse", "overage")):
        set_seat_policy(mine, SeatPolicy(policy), NOW + number * hour)
    last = Period(NOW + 2 * hour, FOREVER)
    assert queries.overage_times(mine.id) == [Period(NOW, NOW + hour), last]
