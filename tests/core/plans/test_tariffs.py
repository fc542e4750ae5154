"""What prices a unit of usage, to which month it counts, and what a month's units cost together."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core import periods
from quartermaster.core.catalog.offers import Cadence, Kind, Offer, Trial
from quartermaster.core.plans import tariffs
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.plans.tariffs import Rated, Stretch, Tally, Tariff
from quartermaster.core.pricing import rating, wording
from quartermaster.core.pricing.parts import Tier
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.pricing.volume import Volume
from quartermaster.core.usage.events import PRODUCTS
from quartermaster.core.usage.units import UNITS, Unit
from tests.core.plans.plans import plan_stretch
from tests.core.pricing.prices import usage_prices

ANCHOR = Anchor(date(2026, 1, 31), ZoneInfo("UTC"))
CENT = 10_000
AS_IT_GOES = Decimal("0.20")


def micros(month: int, day: int, hour: int = 0) -> int:
    return periods.to_micros(datetime(2026, month, day, hour, tzinfo=UTC))


def offer(kind: Kind, *units: str, product: str | None = None, **changes: object) -> Offer:
    """One that prices these units."""
    usage = tuple(UsagePrice(unit, PerUnit(Decimal("0.10")), included=5) for unit in units)
    bare = Offer(kind, "small", "Small", {Cadence.MONTHLY: Decimal(9)}, product=product)
    return replace(bare, usage=usage, **changes)  # type: ignore[arg-type]


def stretch(number: int, of: Offer, start: int = 0, end: int | None = None) -> Stretch:
    return Stretch(number, 100 + number, of, ANCHOR, start, end)


def counted(tariff: Tariff, unit: str, at: int) -> int | None:
    """The subscription that a unit counts to."""
    found = tariff.tally(unit, at)
    return found.subscription if found else None


def test_add_ons_first_then_plans_in_the_order_of_products() -> None:
    """However they are given, and of add-ons the one that was there first."""
    at = micros(3, 15)
    plans = [
        stretch(10 - place, offer(Kind.PLAN, "billing_session", "alert", product=product))
        for place, product in enumerate(PRODUCTS)
    ]
    add_ons = [stretch(number, offer(Kind.ADD_ON, "alert")) for number in (30, 20)]
    support = stretch(1, offer(Kind.SUPPORT))
    for several in permutations([*plans[:3], *add_ons, support]):
        tariff = Tariff(several)
        assert counted(tariff, "alert", at) == 20
        assert counted(tariff, "billing_session", at) == 10
    for place in range(1, len(plans)):
        assert counted(Tariff(plans[place:]), "alert", at) == 10 - place


def test_what_nothing_prices_is_paid_as_it_goes() -> None:
    tariff = Tariff([stretch(1, offer(Kind.PLAN, "alert", product="search_ai"))])
    assert tariff.tally("alert", 0) is not None
    assert [unit for unit in UNITS if tariff.tally(unit, 0)] == ["alert"]
    assert Tariff([]).tally("alert", 0) is None


def test_the_edges_of_what_held() -> None:
    """From its first microsecond up to its last; what follows begins there, and in a gap it is
    paid as it goes."""
    of = offer(Kind.PLAN, "alert", product="search_ai")
    one, two, later = micros(2, 10), micros(2, 20), micros(3, 1)
    several = [stretch(1, of, one, two), stretch(2, of, two, two), stretch(3, of, two, later)]
    several.append(stretch(4, of, later + 5))
    tariff = Tariff(several)
    for at, expected in [
        (one - 1, None),
        (one, 1),
        (two - 1, 1),
        (two, 3),
        (later - 1, 3),
        (later, None),
        (later + 4, None),
        (later + 5, 4),
        (micros(12, 31), 4),
    ]:
        assert counted(tariff, "alert", at) == expected


def test_another_version_in_the_same_month_is_another_tally() -> None:
    """And the first version, when it comes back, goes on where it was."""
    of, middle = offer(Kind.PLAN, "alert", product="search_ai"), micros(2, 10)
    first, other = stretch(1, of, 0, middle), replace(stretch(1, of, middle, middle + 9), version=7)
    back = stretch(1, of, middle + 9)
    tariff = Tariff([first, other, back])
    before, between, after = (tariff.tally("alert", at) for at in (middle - 1, middle, middle + 9))
    assert before == after == Tally(1, 101, "alert", micros(1, 31), False)
    assert between == Tally(1, 7, "alert", micros(1, 31), False)


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (micros(1, 31), micros(1, 31)),
        (micros(2, 27, 23), micros(1, 31)),
        (micros(2, 28), micros(2, 28)),
        (micros(3, 30, 23), micros(2, 28)),
        (micros(3, 31), micros(3, 31)),
    ],
)
def test_months_are_counted_from_the_anchor(at: int, month: int) -> None:
    """Under an annual plan as well: a tally knows nothing of when fees are due."""
    tariff = Tariff([plan_stretch(ANCHOR, micros(1, 31, 12))])
    found = tariff.tally("billing_session", max(at, micros(1, 31, 12)))
    assert found == Tally(1, 101, "billing_session", month, False)


def test_a_trial_is_one_tally_however_many_months_it_has() -> None:
    of = offer(Kind.PLAN, "alert", product="search_ai", trial=Trial(60))
    start, end = micros(1, 31, 12), micros(4, 1, 12)
    tariff = Tariff([replace(stretch(1, of, start, end), is_trial=True), stretch(1, of, end)])
    for at in (start, micros(2, 28), end - 1):
        assert tariff.tally("alert", at) == Tally(1, 101, "alert", start, True)
    assert tariff.tally("alert", end) == Tally(1, 101, "alert", micros(3, 31), False)


@given(st.lists(st.integers(0, 400 * 86_400), min_size=1, max_size=30), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_questions_does_not_matter(seconds: list[int], order: Random) -> None:
    instants = [micros(1, 31) + one * 10**6 for one in seconds]
    several = [
        plan_stretch(ANCHOR, micros(2, 1), micros(9, 1)),
        replace(plan_stretch(Anchor(date(2026, 9, 12), ANCHOR.zone), micros(9, 1)), version=7),
    ]
    alone = {at: Tariff(several).tally("billing_session", at) for at in instants}
    order.shuffle(instants)
    together = Tariff(several[::-1])
    assert {at: together.tally("billing_session", at) for at in instants} == alone


@pytest.mark.parametrize(
    ("trial", "is_trial", "unit", "expected"),
    [
        (None, False, "billing_session", "5 included, then $0.10 each"),
        (Trial(14, sessions=3), False, "billing_session", "5 included, then $0.10 each"),
        (Trial(14, sessions=3), True, "billing_session", "3 included, then $0.20 each"),
        (Trial(14, sessions=3), True, "alert", "free"),
        (Trial(14), True, "billing_session", "free"),
        (None, True, "billing_session", "free"),
    ],
)
def test_what_a_month_and_a_trial_cost(
    trial: Trial | None, is_trial: bool, unit: str, expected: str
) -> None:
    of = offer(Kind.PLAN, "billing_session", "alert", product="search_ai", trial=trial)
    found = tariffs.price(of, unit, is_trial, AS_IT_GOES)
    assert found.unit == unit
    assert wording.usage(found, "$") == expected


@pytest.mark.parametrize("is_trial", [False, True])
def test_what_an_offer_does_not_price_has_no_tally(is_trial: bool) -> None:
    of = offer(Kind.PLAN, "alert", product="search_ai", trial=Trial(14))
    with pytest.raises(KeyError, match="plan/search_ai/small does not price voice_session"):
        tariffs.price(of, Unit.VOICE_SESSION, is_trial, AS_IT_GOES)


def test_what_is_taken_back_is_corrected_by_what_the_others_cost_now() -> None:
    """Of twelve the first ten cost 5 each, then all cost 2: without the twelfth and eleventh the
    others cost 5 again, without the first as well."""
    tiers = (Tier(10, Decimal("0.05")), Tier(None, Decimal("0.02")))
    price = UsagePrice("alert", Volume(tiers))
    made = tariffs.rerate(price, 0, 0, [], 12)
    assert made == Rated([5 * CENT] * 10 + [-28 * CENT, 2 * CENT], 0)
    last = tariffs.rerate(price, 12, 24 * CENT, made.amounts_micro[10:], 0)
    assert last == Rated([], 0)
    first = tariffs.rerate(price, 12, 24 * CENT, made.amounts_micro[:2], 1)
    assert first == Rated([-28 * CENT], 36 * CENT)
    late = tariffs.rerate(price, 12, 24 * CENT, made.amounts_micro[:1], 0)
    assert late == Rated([], 3 * CENT)


_batches = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40)), min_size=1, max_size=8)


@given(usage_prices, _batches, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_what_is_charged_in_all_is_what_the_units_cost_together(
    price: UsagePrice, batches: list[tuple[int, int]], chance: Random
) -> None:
    """In whatever batches units come and go, and whichever go; and it is never below zero."""
    units: list[int] = []
    charged = 0
    for more, fewer in batches:
        chance.shuffle(units)
        gone = min(fewer, len(units))
        back, units = units[:gone], units[gone:]
        rated = tariffs.rerate(price, gone + len(units), charged, back, more)
        assert len(rated.amounts_micro) == more
        units += rated.amounts_micro
        charged += rated.correction_micro - sum(back) + sum(rated.amounts_micro)
        assert charged == rating.total_micro(price, len(units)) >= 0
    emptied = tariffs.rerate(price, len(units), charged, units, 0)
    assert charged - sum(units) + emptied.correction_micro == 0


@given(usage_prices, st.integers(0, 200), st.integers(0, 100))
@settings(max_examples=100, deadline=None)
def test_taking_back_the_last_ones_needs_no_correction(
    price: UsagePrice, had: int, fewer: int
) -> None:
    running = rating.running_micro(price, 0, had)
    back = running[max(0, had - fewer) :]
    assert tariffs.rerate(price, had, sum(running), back, 0) == Rated([], 0)
