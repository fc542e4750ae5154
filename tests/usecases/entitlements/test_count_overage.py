"""Seats of a month beyond those that were bought."""

from datetime import timedelta
from decimal import Decimal

import pytest

from quartermaster.core.errors import Refusal
from quartermaster.core.pricing.seat_overage import NONE, Overage
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.count_overage import count_overage
from quartermaster.usecases.entitlements.release_seat import release_seat
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.usecases.entitlements.conftest import Floor
from tests.usecases.shop import ESSENTIAL, PRODUCT, START, Shop

LATER = START + timedelta(days=3)
PRICE = Decimal(15)


def crowd(floor: Floor, *agents: str) -> None:
    for place, agent in enumerate(agents):
        floor.moves("in", agent, 60 + place)
        floor.moves("out", agent, 90)


def test_more_agents_at_once_than_seats(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    crowd(floor, "ann", "bob", "cy", "dee")
    found = count_overage(floor.shop.bot, PRODUCT, LATER)
    assert (found.overage.seats, found.overage.price) == (2, PRICE)
    assert found.overage.amount_minor("USD") == 3_000
    assert found.month.start.date().isoformat() == "2026-01-31"
    forgiven = count_overage(floor.shop.bot, PRODUCT, LATER, timedelta(minutes=27))
    assert forgiven.overage.seats == 1
    assert count_overage(floor.shop.bot, PRODUCT, LATER, timedelta(hours=1)).overage == NONE
    assert count_overage(floor.shop.bot, PRODUCT, START).overage == NONE


def test_seats_that_were_bought_in_time(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL, seats=4)
    crowd(floor, "ann", "bob", "cy", "dee")
    assert count_overage(floor.shop.bot, PRODUCT, LATER).overage == NONE


def test_all_who_held_a_named_seat(named: Shop) -> None:
    named.buy(ESSENTIAL)
    Floor(named).bill_overage()
    for hours, agent in enumerate(("ann", "bob", "cy")):
        at = START + timedelta(hours=hours)
        assign_seat(named.bot, PRODUCT, agent, at)
        release_seat(named.bot, PRODUCT, agent, at + timedelta(minutes=1))
    found = count_overage(named.bot, PRODUCT, LATER).overage
    assert (found.seats, found.price) == (1, PRICE)


def test_nothing_without_a_plan_and_in_a_trial(floor: Floor) -> None:
    crowd(floor, "ann", "bob", "cy")
    assert count_overage(floor.shop.bot, PRODUCT, LATER).overage == Overage()
    start_trial(floor.shop.bot, ESSENTIAL, START)
    assert count_overage(floor.shop.bot, PRODUCT, LATER).overage == Overage()


def test_no_agents_no_seats(floor: Floor) -> None:
    with pytest.raises(Refusal):
        count_overage(floor.shop.bot, "search_ai", LATER)
