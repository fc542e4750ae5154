"""Which price counts."""

from dataclasses import replace

from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.periods import Period
from tests.core.plans.contracts.agreed import (
    DAY,
    MARCH,
    START,
    contract,
    offer,
    price,
    prices,
    published,
    stretch,
)

SEATS = {
    "kind": "concurrent",
    "monthly": {"model": "per_unit", "amount": "30"},
    "annual": {"model": "per_unit", "amount": "300"},
}


def test_agreed_then_subscribed_then_the_catalogs() -> None:
    agreed = contract(price(1, end=START + 2 * DAY))
    held = stretch(offer("advanced"), START, START + 4 * DAY)
    found = replace(
        prices(agreed, (5, held)), published=[published(START - DAY, offer("enterprise"))]
    )
    keys = [found.of(5, "billing_session", START + n * DAY).key for n in (0, 2, 4)]
    assert keys == ["price-1", "plan-7-70", "catalog-90"]
    assert found.of(6, "billing_session", START + 2 * DAY).key == "catalog-90"
    assert found.of(6, "voice_session", START).key == "none"
    assert found.cuts() == [START, START + 2 * DAY, START + 4 * DAY]


def test_the_catalog_counts_as_it_was_when_the_month_began() -> None:
    several = [published(START, offer("enterprise")), published(START + DAY)]
    found = replace(prices(contract(months=3)), published=several)
    assert found.of(5, "alert", START + 2 * DAY).key == "catalog-90"
    assert found.of(5, "alert", MARCH).key == "none"
    assert found.of(5, "alert", START + 2 * DAY).period == Period(START, MARCH)
    assert prices(contract()).of(5, "alert", START).price.unit == "alert"


def test_a_trial_is_free() -> None:
    held = stretch(offer("advanced"), START, is_trial=True)
    found = prices(contract(), (5, held)).of(5, "billing_session", START)
    assert (found.key, found.price.model.parts(9)[0].amount) == ("trial-7", 0)


def test_seats_are_priced_as_the_cycle_began() -> None:
    seat = price(1, "agent_ai", "named", {"model": "per_unit", "amount": "20"}, end=START + DAY)
    [found] = prices(contract(seat)).of_seats("agent_ai")
    assert (found.kind, found.period) == (SeatKind.NAMED, Period(START, MARCH))
    assert prices(contract(seat)).of_seats("contact_center_ai") == []


def test_seats_by_the_catalog_count_by_month_where_nobody_subscribed() -> None:
    enterprise = offer("enterprise", product="agent_ai", seats=SEATS)
    advanced = offer("advanced", product="agent_ai", seats=SEATS)
    subscribed = (5, stretch(advanced, MARCH - DAY, MARCH))
    found = replace(
        prices(contract(months=3), subscribed), published=[published(START, enterprise)]
    )
    months = found.of_seats("agent_ai")
    assert [one.period.start for one in months] == [MARCH, MARCH + 31 * DAY]
    assert [one.kind for one in months] == [SeatKind.CONCURRENT] * 2
