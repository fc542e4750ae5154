"""Seats beyond those that were bought, concurrent and named."""

from decimal import Decimal

import pytest

from quartermaster.core.pricing import seat_overage
from quartermaster.core.pricing.seat_overage import NONE, Bought, Overage
from tests.core.test_seats import HOUR, MINUTE, Stay, stays

MONTH = 30 * 24 * HOUR
PRICE = Decimal(90)


def crew(agents: int, start: int, end: int, first: int = 0) -> list[Stay]:
    return [Stay(agent, start, end) for agent in range(first, first + agents)]


def bought(seats: int, price: Decimal | None = PRICE) -> list[Bought]:
    return [Bought(0, MONTH, seats, price)]


def test_the_peak_above_what_was_bought() -> None:
    present = stays(*crew(500, 0, 31 * MINUTE), *crew(503, HOUR, HOUR + 6 * MINUTE))
    found = seat_overage.concurrent(present, bought(490))
    assert found == Overage(13, PRICE, HOUR)
    assert found.formula() == "13 seats × $90.00 = $1,170.00"
    assert found.amount_minor("USD") == 117_000
    assert seat_overage.concurrent(present, bought(503)) == NONE


def test_a_tolerance_forgives_short_peaks() -> None:
    present = stays(*crew(500, 0, 31 * MINUTE), *crew(503, HOUR, HOUR + 6 * MINUTE))
    assert seat_overage.concurrent(present, bought(490), 30 * MINUTE).seats == 10
    assert seat_overage.concurrent(present, bought(490), 6 * MINUTE).seats == 10
    assert seat_overage.concurrent(present, bought(490), 6 * MINUTE - 1).seats == 13
    assert seat_overage.concurrent(present, bought(490), HOUR) == NONE


def test_shifts_that_hand_over_on_the_minute_need_no_overage() -> None:
    shifts = [
        one for number in range(3) for one in crew(50, number * HOUR, (number + 1) * HOUR, number)
    ]
    assert seat_overage.concurrent(stays(*shifts), bought(50)) == NONE


def test_seats_count_from_when_they_were_bought() -> None:
    present = stays(*crew(7, 0, 4 * HOUR))
    stretches = [Bought(0, HOUR, 5, PRICE), Bought(HOUR, MONTH, 6, Decimal(78))]
    assert seat_overage.concurrent(present, stretches) == Overage(2, PRICE, 0)
    assert seat_overage.concurrent(present, stretches, HOUR) == Overage(1, PRICE, 0)
    assert seat_overage.concurrent(present, stretches[1:]) == Overage(1, Decimal(78), HOUR)


def test_where_there_is_no_price_nothing_is_billed() -> None:
    crowd = stays(*crew(7, 0, HOUR))
    assert seat_overage.concurrent(crowd, bought(5, None)) == NONE
    assert seat_overage.named(crowd, bought(5, None)) == NONE
    trial = [Bought(0, 2 * HOUR, 5, None), Bought(2 * HOUR, MONTH, 5, PRICE)]
    assert seat_overage.concurrent(crowd, trial) == NONE


@pytest.mark.parametrize("count", [seat_overage.concurrent, seat_overage.named])
def test_nobody_and_nothing(count: object) -> None:
    assert callable(count)
    assert count(stays(), bought(5)) == count(stays(), []) == NONE
    assert (NONE.amount_minor("USD"), NONE.formula()) == (0, "0 seats × $0.00 = $0.00")


def test_named_seats_go_by_all_who_held_one() -> None:
    """A hundred agents in three shifts are a hundred, though never more than 34 at once."""
    shifts = [*crew(34, 0, HOUR), *crew(33, HOUR, 2 * HOUR, 34), *crew(33, 2 * HOUR, MONTH, 67)]
    assert seat_overage.named(stays(*shifts), bought(100)) == NONE
    assert seat_overage.named(stays(*shifts), bought(98)) == Overage(2, PRICE, 2 * HOUR)


def test_who_holds_a_seat_again_counts_once() -> None:
    again = [Stay(1, 0, HOUR), Stay(1, 2 * HOUR, MONTH), Stay(2, 0, MONTH)]
    assert seat_overage.named(stays(*again), bought(2)) == NONE
    assert seat_overage.named(stays(*again), bought(1)) == Overage(1, PRICE, 0)


def test_named_seats_that_were_bought_later() -> None:
    held = stays(*crew(7, 0, MONTH), *crew(3, HOUR, MONTH, 7))
    stretches = [Bought(0, HOUR, 5, PRICE), Bought(HOUR, MONTH, 10, PRICE)]
    assert seat_overage.named(held, stretches) == Overage(2, PRICE, 0)
