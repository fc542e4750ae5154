"""Terms that are on offer, and what they cost per cycle."""

from dataclasses import replace
from decimal import Decimal

import pytest

from quartermaster.core.catalog.offers import Cadence
from quartermaster.core.plans import terms
from quartermaster.core.plans.terms import CadenceNotOffered, Fee, SeatsNotOffered, Terms
from quartermaster.core.pricing.per_unit import PerUnit
from tests.core.plans.plans import ADVANCED, CHEAP, ESSENTIAL


def test_without_a_wish_the_included_seats() -> None:
    assert terms.agreed(7, ESSENTIAL, Cadence.MONTHLY, None).seats == 2
    assert terms.agreed(7, replace(ESSENTIAL, seats=None), Cadence.MONTHLY, None).seats == 0


def test_a_cadence_that_is_not_sold() -> None:
    with pytest.raises(CadenceNotOffered, match="Cheap is sold monthly, not annual") as no:
        terms.agreed(7, CHEAP, Cadence.ANNUAL, None)
    assert no.value.field == "cadence"


@pytest.mark.parametrize("seats", [0, 1])
def test_fewer_seats_than_come_with_it(seats: int) -> None:
    with pytest.raises(SeatsNotOffered, match="comes with 2 seats") as no:
        terms.agreed(7, ESSENTIAL, Cadence.MONTHLY, seats)
    assert no.value.field == "seats"


def test_seats_where_there_are_none() -> None:
    with pytest.raises(SeatsNotOffered, match="without seats"):
        terms.agreed(7, replace(ESSENTIAL, seats=None), Cadence.MONTHLY, 1)


def test_more_seats_than_anybody_has() -> None:
    assert terms.agreed(7, ESSENTIAL, Cadence.MONTHLY, 1_000_000).seats == 1_000_000
    with pytest.raises(SeatsNotOffered, match="at most 1,000,000 seats") as no:
        terms.agreed(7, ESSENTIAL, Cadence.MONTHLY, 10**30)
    assert no.value.field == "seats"


@pytest.mark.parametrize("seats", [0, 1, 2])
def test_fewer_seats_than_are_included_cost_nothing_and_give_nothing_back(seats: int) -> None:
    """As where a version came to include more than somebody has."""
    had = Terms(7, ESSENTIAL, Cadence.MONTHLY, seats)
    assert [fee.amount_minor for fee in terms.fees(had, "USD")] == [6_000]


@pytest.mark.parametrize(
    ("currency", "expected"), [("USD", [1_001, 1]), ("JPY", [10]), ("KWD", [10_005, 12])]
)
def test_what_is_below_the_smallest_coin_is_left_out(currency: str, expected: list[int]) -> None:
    assert ESSENTIAL.seats
    tiny = replace(ESSENTIAL.seats, prices={Cadence.MONTHLY: PerUnit(Decimal("0.006"))})
    odd = replace(ESSENTIAL, fees={Cadence.MONTHLY: Decimal("10.005")}, seats=tiny)
    found = terms.fees(terms.agreed(7, odd, Cadence.MONTHLY, 4), currency)
    assert [fee.amount_minor for fee in found] == expected
    free = replace(odd, fees={Cadence.MONTHLY: Decimal("0.0001")})
    alone = terms.fees(terms.agreed(7, free, Cadence.MONTHLY, 4), "JPY")
    assert [(fee.what, fee.amount_minor) for fee in alone] == [("fee", 0)]


def test_fee_and_seats() -> None:
    found = terms.fees(terms.agreed(7, ADVANCED, Cadence.ANNUAL, 5), "USD")
    assert list(found) == [
        Fee("fee", "Advanced, annual fee", 1, 160_000),
        Fee("seats", "Advanced, concurrent seats, annual", 3, 30_000),
    ]


def test_a_fee_of_nothing_is_a_line_where_it_stands_alone() -> None:
    free = replace(ESSENTIAL, fees={Cadence.MONTHLY: Decimal(0)})
    alone = terms.fees(terms.agreed(7, free, Cadence.MONTHLY, None), "USD")
    assert [(fee.what, fee.amount_minor) for fee in alone] == [("fee", 0)]
    beside = terms.fees(terms.agreed(7, free, Cadence.MONTHLY, 3), "USD")
    assert [(fee.what, fee.amount_minor) for fee in beside] == [("seats", 1_000)]


def test_each_part_is_rounded_once() -> None:
    odd = replace(ESSENTIAL, fees={Cadence.MONTHLY: Decimal("10.005")})
    [fee] = terms.fees(terms.agreed(7, odd, Cadence.MONTHLY, None), "USD")
    assert fee.amount_minor == 1_001
