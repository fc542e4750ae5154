"""Terms that are on offer, and what they cost per cycle."""

from dataclasses import replace
from decimal import Decimal

import pytest

from quartermaster.core.catalog import terms
from quartermaster.core.catalog.offers import Cadence
from quartermaster.core.catalog.terms import CadenceNotOffered, Fee, SeatsNotOffered
from tests.core.catalog.plans import ADVANCED, CHEAP, ESSENTIAL


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
