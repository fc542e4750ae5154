"""May an agent log in?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from quartermaster.core.errors import Refusal
from quartermaster.core.plans.entitlements import SeatAnswer
from quartermaster.store.people.models import Workspace
from quartermaster.store.subscriptions.models import SeatHold
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.check_seat import check_seat
from quartermaster.usecases.entitlements.release_seat import release_seat
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.usecases.at_once import at_once
from tests.usecases.entitlements.conftest import Floor, opened
from tests.usecases.shop import ESSENTIAL, PRODUCT, START, Shop


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def ask(shop: Shop, agent: str, minutes: float = 0) -> SeatAnswer:
    return check_seat(shop.bot, PRODUCT, agent, after(minutes))


def status(shop: Shop, agent: str, minutes: float = 0) -> tuple[str, int]:
    """Why, and how many seats are taken then."""
    found = ask(shop, agent, minutes)
    assert found.may_log_in == (found.status not in ("not_assigned", "no_seat_left", "no_seats"))
    return found.status, found.seats.used


def test_as_many_as_were_bought_may_log_in(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    floor.moves("in", "ann")
    found = ask(floor.shop, "bob", 1)
    assert (found.may_log_in, found.status, found.seats.bought) == (True, "seat_left", 2)
    assert (found.seats.used, found.seats.left, found.seats.policy) == (2, 0, "refuse")
    floor.moves("in", "bob", 1.5)
    assert status(floor.shop, "cy", 2) == ("no_seat_left", 2)
    assert status(floor.shop, "ann", 2) == ("seated", 2)
    floor.moves("out", "ann", 3)
    assert status(floor.shop, "cy", 3) == ("seat_left", 2)


def test_a_yes_is_kept_for_a_minute(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    floor.moves("in", "ann")
    assert status(floor.shop, "bob", 1) == ("seat_left", 2)
    assert status(floor.shop, "cy", 1.99) == ("no_seat_left", 2)
    assert status(floor.shop, "cy", 2) == ("seat_left", 2)
    assert status(floor.shop, "bob", 2) == ("no_seat_left", 2)


def test_asking_again_keeps_it_longer(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    floor.moves("in", "ann")
    for minutes in (1, 1.9, 2.8):
        assert status(floor.shop, "bob", minutes) == (
            ("seat_left", 2) if minutes == 1 else ("seated", 2)
        )
    assert status(floor.shop, "cy", 3.7) == ("no_seat_left", 2)
    assert SeatHold.objects.count() == 1


def test_the_log_in_takes_what_was_kept(floor: Floor) -> None:
    """Who logs in and out within the minute leaves the seat."""
    floor.shop.buy(ESSENTIAL)
    floor.moves("in", "ann")
    ask(floor.shop, "bob", 1)
    floor.moves("in", "bob", 1.1)
    floor.moves("out", "bob", 1.2)
    assert status(floor.shop, "cy", 1.3) == ("seat_left", 2)


def test_devices_are_one_agent(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    for device in ("desk", "phone"):
        floor.moves("in", "ann", device=device)
    floor.moves("out", "ann", 1, device="desk")
    assert status(floor.shop, "bob", 2) == ("seat_left", 2)
    assert status(floor.shop, "cy", 2) == ("no_seat_left", 2)


def test_who_never_logs_out_is_gone_after_twelve_hours(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    for agent in ("ann", "bob"):
        floor.moves("in", agent)
    assert status(floor.shop, "cy", 12 * 60 - 1) == ("no_seat_left", 2)
    assert status(floor.shop, "cy", 12 * 60) == ("seat_left", 1)


def test_a_clock_that_is_ahead_takes_a_seat(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    for agent in ("ann", "bob"):
        floor.moves("in", agent, 4)
    assert status(floor.shop, "cy", 1) == ("no_seat_left", 2)


def test_who_logs_in_in_spite_of_a_no_counts(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    for agent in ("ann", "bob", "cy"):
        floor.moves("in", agent)
    found = ask(floor.shop, "cy", 1)
    assert (found.status, found.seats.used, found.seats.is_exceeded) == ("seated", 3, True)
    assert status(floor.shop, "dee", 1) == ("no_seat_left", 3)


def test_overage_says_yes_and_says_so(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    floor.bill_overage()
    for agent in ("ann", "bob"):
        floor.moves("in", agent)
    assert status(floor.shop, "cy", 1) == ("overage", 3)
    assert status(floor.shop, "dee", 1) == ("overage", 4)


def test_overage_without_a_price_is_refused(db: None) -> None:
    floor = Floor(opened("concurrent", overage=None))
    floor.shop.buy(ESSENTIAL)
    floor.bill_overage()
    for agent in ("ann", "bob"):
        floor.moves("in", agent)
    assert status(floor.shop, "cy", 1) == ("no_seat_left", 2)


def test_without_a_plan_there_are_no_seats(floor: Floor) -> None:
    assert status(floor.shop, "ann") == ("no_seats", 0)
    Workspace.objects.update(plan="enterprise")
    floor.shop.bot.workspace.refresh_from_db()
    assert status(floor.shop, "ann") == ("unlimited", 1)
    assert not SeatHold.objects.exists()


def test_where_no_seats_are_sold_they_are_not_limited(floor: Floor) -> None:
    found = check_seat(floor.shop.bot, "agent_ai", "ann", START)
    assert (found.status, found.seats.bought, found.seats.left) == ("unlimited", None, None)


def test_named_seats_are_for_those_who_hold_one(named: Shop) -> None:
    named.buy(ESSENTIAL)
    assert status(named, "ann") == ("not_assigned", 0)
    assign_seat(named.bot, PRODUCT, "ann", START)
    assert status(named, "ann") == ("seated", 1)
    release_seat(named.bot, PRODUCT, "ann", after(1))
    assert status(named, "ann", 2) == ("not_assigned", 1)
    assert not SeatHold.objects.exists()


def test_a_trial_has_its_seats(floor: Floor) -> None:
    from_trial = floor.shop
    start_trial(from_trial.bot, ESSENTIAL, START)
    for number in range(5):
        assert ask(from_trial, f"a{number}").may_log_in
    assert status(from_trial, "ann") == ("no_seat_left", 5)
    assert status(from_trial, "ann", 14 * 24 * 60) == ("no_seats", 0)


@pytest.mark.parametrize(("product", "agent"), [("search_ai", "ann"), (PRODUCT, "")])
def test_what_makes_no_sense_is_refused(floor: Floor, product: str, agent: str) -> None:
    with pytest.raises(Refusal):
        check_seat(floor.shop.bot, product, agent, START)


def test_the_last_seat_is_promised_to_one(committed: None) -> None:
    floor = Floor(opened("concurrent"))
    floor.shop.buy(ESSENTIAL, seats=4)
    floor.moves("in", "ann")
    agents = ["bob", "cy", "dee", "ed", "fay", "gil", "bob", "ann"]

    def asks(agent: str) -> Callable[[], Any]:
        return lambda: (agent, ask(floor.shop, agent, 1).may_log_in)

    said = at_once(*(asks(agent) for agent in agents))
    assert {agent for agent, may in said if may} >= {"ann"}
    assert len({agent for agent, may in said if may}) == 4
