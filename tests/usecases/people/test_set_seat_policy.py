"""What becomes of agents beyond the seats that were bought."""

import pytest

from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.usecases.people.set_seat_policy import set_seat_policy
from tests.books import open_books


@pytest.mark.django_db
def test_it_is_refuse_until_somebody_says_otherwise() -> None:
    mine, other = open_books().workspace, open_books().workspace
    assert mine.seat_policy == SeatPolicy.REFUSE
    for _ in range(2):
        set_seat_policy(mine, SeatPolicy.OVERAGE)
    for one in (mine, other):
        one.refresh_from_db()
    assert (mine.seat_policy, other.seat_policy) == ("overage", "refuse")
