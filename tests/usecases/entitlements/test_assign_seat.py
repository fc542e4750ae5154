"""Named seats are assigned, and none too many."""

from datetime import timedelta

import pytest

from quartermaster.core.errors import Refusal
from quartermaster.store.subscriptions.models import SeatAssignment
from quartermaster.usecases.entitlements.assign_seat import NoSeatLeft, assign_seat
from quartermaster.usecases.entitlements.release_seat import release_seat
from tests.usecases.at_once import at_once
from tests.usecases.entitlements.conftest import Floor, opened
from tests.usecases.shop import ESSENTIAL, PRODUCT, START, Shop

NEXT_MONTH = START + timedelta(days=29)


def held() -> list[str]:
    found = SeatAssignment.objects.filter(end_at__isnull=True)
    return sorted(found.values_list("agent", flat=True))


def test_an_agent_holds_a_seat(named: Shop) -> None:
    named.buy(ESSENTIAL)
    made = assign_seat(named.bot, PRODUCT, "ann", START)
    assert (made.agent, made.product, made.start_at, made.end_at) == ("ann", PRODUCT, START, None)


def test_twice_is_once(named: Shop) -> None:
    named.buy(ESSENTIAL)
    first = assign_seat(named.bot, PRODUCT, "ann", START)
    assert assign_seat(named.bot, PRODUCT, "ann", START + timedelta(hours=1)) == first
    assign_seat(named.bot, PRODUCT, "bob", START)
    assert held() == ["ann", "bob"]


def test_beyond_what_was_bought_there_is_none(named: Shop) -> None:
    named.buy(ESSENTIAL)
    for agent in ("ann", "bob"):
        assign_seat(named.bot, PRODUCT, agent, START)
    with pytest.raises(NoSeatLeft, match="all 2 seats of Contact Center AI"):
        assign_seat(named.bot, PRODUCT, "cy", START)
    named.buy(ESSENTIAL, seats=3)
    assign_seat(named.bot, PRODUCT, "cy", START)
    assert held() == ["ann", "bob", "cy"]


def test_overage_lets_everybody_in(named: Shop) -> None:
    named.buy(ESSENTIAL)
    Floor(named).bill_overage()
    for agent in ("ann", "bob", "cy"):
        assign_seat(named.bot, PRODUCT, agent, START)
    assert held() == ["ann", "bob", "cy"]


def test_without_a_price_there_is_no_overage(db: None) -> None:
    shop = opened("named", overage=None)
    shop.buy(ESSENTIAL)
    Floor(shop).bill_overage()
    for agent in ("ann", "bob"):
        assign_seat(shop.bot, PRODUCT, agent, START)
    with pytest.raises(NoSeatLeft):
        assign_seat(shop.bot, PRODUCT, "cy", START)


def test_a_released_seat_counts_to_the_end_of_its_month(named: Shop) -> None:
    """Else a hundred agents in three shifts would share 34 seats."""
    named.buy(ESSENTIAL)
    for agent in ("ann", "bob"):
        assign_seat(named.bot, PRODUCT, agent, START)
    release_seat(named.bot, PRODUCT, "ann", START + timedelta(days=1))
    with pytest.raises(NoSeatLeft, match="free again from 2026-02-28 on"):
        assign_seat(named.bot, PRODUCT, "cy", START + timedelta(days=2))
    assign_seat(named.bot, PRODUCT, "ann", START + timedelta(days=3))
    release_seat(named.bot, PRODUCT, "ann", START + timedelta(days=4))
    named.run_due(NEXT_MONTH)
    assign_seat(named.bot, PRODUCT, "cy", NEXT_MONTH)
    assert held() == ["bob", "cy"]


@pytest.mark.parametrize(
    ("product", "agent", "code"),
    [
        ("automation_ai", "ann", "no_agents"),
        ("agents", "ann", "unknown_product"),
        ("agent_ai", "ann", "not_named"),
        (PRODUCT, "", "bad_agent"),
        (PRODUCT, "a\0b", "bad_agent"),
        (PRODUCT, "a" * 201, "bad_agent"),
    ],
)
def test_what_makes_no_sense_is_refused(named: Shop, product: str, agent: str, code: str) -> None:
    named.buy(ESSENTIAL)
    with pytest.raises(Refusal) as no:
        assign_seat(named.bot, product, agent, START)
    assert (no.value.code, held()) == (code, [])


def test_concurrent_seats_are_not_assigned(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    with pytest.raises(Refusal, match="nothing to assign"):
        assign_seat(floor.shop.bot, PRODUCT, "ann", START)


def test_the_last_seat_goes_to_one(committed: None) -> None:
    shop = opened("named")
    shop.buy(ESSENTIAL, seats=3)
    assign_seat(shop.bot, PRODUCT, "ann", START)
    agents = ["bob", "cy", "dee", "ed", "bob", "cy"]
    done = at_once(
        *(lambda agent=agent: assign_seat(shop.bot, PRODUCT, agent, START) for agent in agents)
    )
    refused = [one for one in done if isinstance(one, NoSeatLeft)]
    assert len(held()) == 3
    assert len({one.agent for one in done if isinstance(one, SeatAssignment)}) == 2
    assert all(isinstance(one, NoSeatLeft | SeatAssignment) for one in done)
    assert refused
