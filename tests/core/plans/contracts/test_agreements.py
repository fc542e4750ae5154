"""Cycles, commitments, due dates, and what cannot be agreed."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from quartermaster.core.periods import Period
from quartermaster.core.plans.contracts import agreements
from quartermaster.core.plans.contracts.agreements import BadContract
from quartermaster.core.plans.quotes import Anchor
from tests.core.plans.contracts.agreed import DAY, MARCH, SESSION, START, contract, price


@pytest.mark.parametrize(
    ("months", "ends"), [(1, MARCH), (3, datetime(2026, 5, 1, tzinfo=UTC)), (12, START + 365 * DAY)]
)
def test_cycles_are_counted_from_the_anchor(months: int, ends: datetime) -> None:
    assert contract(months=months).cycle(START + 3 * DAY) == Period(START, ends)


def test_a_cycle_begins_at_a_local_midnight() -> None:
    zone = ZoneInfo("America/New_York")
    found = contract(anchor=Anchor(date(2026, 2, 1), zone)).cycle(MARCH + 20 * DAY)
    assert found.start == datetime(2026, 3, 1, 5, tzinfo=UTC)
    assert found.end == datetime(2026, 4, 1, 4, tzinfo=UTC)


def test_the_first_and_the_last_cycle_may_be_cut_short() -> None:
    agreed = contract(start=START + 14 * DAY, end=MARCH + 5 * DAY, commitment_minor=10_000)
    first, last = agreed.cycle(START + 20 * DAY), agreed.cycle(MARCH)
    assert first == Period(START + 14 * DAY, MARCH)
    assert last == Period(MARCH, MARCH + 5 * DAY)
    assert [agreed.commitment_of(one) for one in (first, last)] == [5_000, 1_613]
    assert agreed.due_date(last) == date(2026, 4, 5)


def test_what_was_agreed_later_counts_for_its_time() -> None:
    agreed = contract(price(1), price(2, start=START + DAY, end=START + 3 * DAY))
    found = [agreed.price_of("billing_session", START + n * DAY) for n in range(4)]
    assert [one and one.id for one in found] == [1, 2, 2, 1]
    assert agreed.price_of("alert", START) is None


@pytest.mark.parametrize(
    ("terms", "field"),
    [((2, 0, 30), "months"), ((1, -1, 30), "commitment"), ((1, 0, 366), "net_days")],
)
def test_terms_that_cannot_be_agreed(terms: tuple[int, int, int], field: str) -> None:
    agreements.checked(12, 0, 0)
    with pytest.raises(BadContract) as no:
        agreements.checked(*terms)
    assert no.value.field == field


@pytest.mark.parametrize(
    ("what", "kind", "terms", "field"),
    [
        ("coffee", None, SESSION, "what"),
        ("billing_session", "named", SESSION, "what"),
        ("agent_ai", "shared", SESSION, "kind"),
        ("alert", None, {"model": "per_unit"}, "terms"),
        ("alert", None, {"model": "per_unit", "amount": "-1"}, "terms.amount"),
    ],
)
def test_prices_that_cannot_be_agreed(
    what: str, kind: str | None, terms: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadContract) as no:
        agreements.price(what, kind, terms)
    assert no.value.field == field
