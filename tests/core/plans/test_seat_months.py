"""Months of seats, where they are cut short, and what was bought of them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from quartermaster.core import periods
from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.periods import Period
from quartermaster.core.plans import seat_months
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.plans.seat_months import Held

ZONE = ZoneInfo("UTC")
LAST = Anchor(date(2026, 1, 31), ZONE)
MID = Anchor(date(2026, 3, 15), ZONE)
CONCURRENT, NAMED = SeatKind.CONCURRENT, SeatKind.NAMED


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def held(
    start: datetime, end: datetime | None = None, anchor: Anchor = LAST, seats: int = 2
) -> Held:
    return Held(start, end, anchor, seats, CONCURRENT, Decimal(15))


def months(*several: Held, until: datetime) -> list[tuple[datetime, datetime]]:
    return [(month.start, month.end) for month, _ in seat_months.months(several, until)]


def test_months_follow_the_anchor_and_end_by_then() -> None:
    whole = held(day(1, 31))
    first, second = (day(1, 31), day(2, 28)), (day(2, 28), day(3, 31))
    assert months(whole, until=day(2, 27)) == []
    assert months(whole, until=day(2, 28)) == [first]
    assert months(whole, until=day(4, 1)) == [first, second]


def test_more_seats_do_not_cut_a_month_but_another_anchor_does() -> None:
    more = held(day(2, 10), day(3, 15), seats=5)
    moved = held(day(3, 15), day(3, 20), MID)
    assert months(held(day(1, 31), day(2, 10)), more, moved, until=day(12, 1)) == [
        (day(1, 31), day(2, 28)),
        (day(2, 28), day(3, 15)),
        (day(3, 15), day(3, 20)),
    ]


def test_plans_without_seats_have_none() -> None:
    bare = Held(day(1, 31), None, LAST, 0, None, None)
    assert months(bare, until=day(12, 1)) == []


def test_what_is_outside_of_others() -> None:
    whole = Period(day(3, 1), day(4, 1))
    inner = Period(day(3, 10), day(3, 20))
    assert seat_months.outside(whole, []) == [whole]
    around = [Period(day(3, 1), day(3, 10)), Period(day(3, 20), day(4, 1))]
    assert seat_months.outside(whole, [inner]) == around
    assert seat_months.outside(whole, [Period(day(2, 1), day(5, 1))]) == []
    assert seat_months.outside(whole, [Period(day(5, 1), day(6, 1))]) == [whole]


def test_what_was_bought_has_a_price_while_it_is_billed() -> None:
    month = Period(day(3, 1), day(4, 1))
    several = [held(day(1, 31), day(3, 5)), held(day(3, 5), None, seats=4)]
    found = seat_months.bought(several, month, CONCURRENT, [Period(day(3, 10), day(3, 20))])
    cuts = [day(3, 1), day(3, 5), day(3, 10), day(3, 20), day(4, 1)]
    assert [one.start for one in found] == [periods.to_micros(at) for at in cuts[:-1]]
    assert [one.end for one in found] == [periods.to_micros(at) for at in cuts[1:]]
    assert [(one.seats, one.price) for one in found] == [
        (2, None),
        (4, None),
        (4, Decimal(15)),
        (4, None),
    ]
    assert all(one.price is None for one in seat_months.bought(several, month, NAMED))
