"""A named seat is given back."""

from datetime import timedelta

import pytest

from quartermaster.core.errors import Refusal
from quartermaster.store.subscriptions.models import SeatAssignment
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.release_seat import release_seat
from tests.usecases.shop import ESSENTIAL, PRODUCT, START, Shop

LATER = START + timedelta(hours=1)


def test_it_is_held_until_then(named: Shop) -> None:
    named.buy(ESSENTIAL)
    assign_seat(named.bot, PRODUCT, "ann", START)
    assign_seat(named.bot, PRODUCT, "bob", START)
    for at in (LATER, LATER + timedelta(hours=1)):
        release_seat(named.bot, PRODUCT, "ann", at)
    ended = SeatAssignment.objects.order_by("agent").values_list("end_at", flat=True)
    assert list(ended) == [LATER, None]


def test_who_holds_none_can_give_none_back(named: Shop) -> None:
    release_seat(named.bot, PRODUCT, "ann", START)
    assert not SeatAssignment.objects.exists()
    with pytest.raises(Refusal):
        release_seat(named.bot, "search_ai", "ann", START)


def test_a_clock_that_went_back_ends_it_where_it_began(named: Shop) -> None:
    named.buy(ESSENTIAL)
    assign_seat(named.bot, PRODUCT, "ann", LATER)
    release_seat(named.bot, PRODUCT, "ann", START)
    assert SeatAssignment.objects.get().end_at == LATER
