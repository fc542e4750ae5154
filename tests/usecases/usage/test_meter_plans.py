"""Usage that a plan prices: included, in tiers, late, taken back, and over the edges of a month."""

import random
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quartermaster.core.money import MICRO
from quartermaster.core.usage.events import Event
from quartermaster.store.wallets.models import Charge, TalliedCharge, Tally
from quartermaster.usecases.plans.contracts.agree_contract import Wanted, agree_contract
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests import books
from tests.books import Books, assert_books_hold, talk
from tests.usecases.shop import START, Shop, catalog_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
END = datetime(2026, 2, 28, tzinfo=UTC)
KEY = "plan/automation_ai/essential"
TIERS = {
    "included": 2,
    "model": "graduated",
    "tiers": [{"up_to": 3, "unit": "0.10"}, {"unit": "0.05", "flat": "1"}],
}
VOLUME = {"model": "volume", "tiers": [{"up_to": 4, "unit": "0.10"}, {"unit": "0.05"}]}


def plan(name: str = "essential", **usage: Any) -> dict[str, Any]:
    return {
        "product": "automation_ai",
        "name": name,
        "fee": {"monthly": "60" if name == "essential" else "160", "annual": "600"},
        "usage": usage,
        "trial": {"days": 14, "sessions": 3},
    }


def shop_with(*plans: dict[str, Any], zone: str = "UTC") -> Shop:
    return Shop.opened(books.open_books("helpdesk", zone=zone), catalog_of(*plans))


def sessions(count: int, at: datetime = START + DAY, user: str = "ann") -> list[Event]:
    """So many, an hour apart."""
    made = []
    for number in range(count):
        made += talk("u0", start=at + timedelta(hours=number), user=user)
    return made


def alerted(count: int) -> list[Event]:
    return [
        Event(f"alert-{number}", "alert.delivered", START + DAY, "helpdesk", user="ann")
        for number in range(count)
    ]


def charged(of: Books) -> int:
    return 500 * MICRO - of.free()


def amounts() -> list[int]:
    """What sessions cost, by their time."""
    found = Charge.objects.filter(quantity=1).order_by("slot_at", "id")
    return list(found.values_list("amount_micro", flat=True))


def test_included_then_tiers() -> None:
    shop = shop_with(plan(billing_session=TIERS))
    shop.buy(KEY)
    shop.books.feed(sessions(7), START + 2 * DAY)
    assert amounts() == [0, 0, 100_000, 100_000, 100_000, 1_050_000, 50_000]
    [tally] = Tally.objects.all()
    assert (tally.quantity, tally.amount_micro) == (7, 1_400_000)
    assert charged(shop.books) == 1_400_000
    assert list(TalliedCharge.objects.order_by("position").values_list("position", flat=True)) == [
        *range(7)
    ]
    assert_books_hold()


def test_volume_makes_those_before_cheaper() -> None:
    shop = shop_with(plan(billing_session=VOLUME))
    shop.buy(KEY)
    shop.books.feed(sessions(6), START + 2 * DAY)
    assert amounts() == [100_000] * 4 + [-150_000, 50_000]
    assert charged(shop.books) == 300_000
    assert_books_hold()


def test_without_a_plan_it_is_paid_as_it_goes() -> None:
    shop = shop_with(plan(billing_session=TIERS))
    shop.books.feed(sessions(1, START - DAY), START - timedelta(hours=1))
    shop.buy(KEY)
    shop.books.feed(sessions(1), START + 2 * DAY)
    assert amounts() == [200_000, 0]
    assert_books_hold()


def test_a_unit_that_the_plan_does_not_price_is_paid_as_it_goes() -> None:
    shop = shop_with(plan(alert={"included": 1, "model": "per_unit", "amount": "0.5"}))
    shop.buy(KEY)
    alerts = alerted(3)
    shop.books.feed(sessions(1) + alerts, START + 2 * DAY)
    assert charged(shop.books) == 200_000 + 1_000_000
    assert Charge.objects.get(unit="alert").quantity == 3
    assert_books_hold()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York"])
def test_usage_at_the_edge_is_in_one_month(zone: str) -> None:
    shop = shop_with(plan(billing_session=TIERS), zone=zone)
    shop.buy(KEY)
    edge = shop.subscription.cycle_end_at
    tick = timedelta(microseconds=1)
    batch = [
        *talk("u0", start=edge - tick, user="before"),
        *talk("u0", start=edge, user="at"),
        *talk("u0", start=edge + tick, user="after"),
    ]
    shop.books.feed(batch, edge + DAY)
    counts = Tally.objects.order_by("start_at").values_list("start_at", "quantity")
    assert list(counts)[1] == (edge, 2)
    assert [quantity for _, quantity in counts] == [1, 2]
    assert_books_hold()


def test_an_upgrade_counts_anew_and_late_usage_finds_its_plan() -> None:
    shop = shop_with(plan(billing_session=TIERS), plan("advanced", billing_session=TIERS))
    shop.buy(KEY)
    shop.at = START + 5 * DAY
    shop.buy("plan/automation_ai/advanced")
    shop.books.feed(sessions(3, START + 6 * DAY), START + 7 * DAY)
    shop.books.feed(sessions(3, START + DAY), START + 7 * DAY)
    assert amounts() == [0, 0, 100_000] * 2
    assert [tally.quantity for tally in Tally.objects.all()] == [3, 3]
    assert_books_hold()


def test_more_seats_do_not_count_anew() -> None:
    priced = plan(billing_session=TIERS) | {
        "seats": {
            "kind": "named",
            "monthly": {"model": "per_unit", "amount": "1"},
            "annual": {"model": "per_unit", "amount": "10"},
        }
    }
    shop = shop_with(priced)
    shop.buy(KEY)
    shop.books.feed(sessions(2), START + 2 * DAY)
    shop.at = START + 3 * DAY
    shop.buy(KEY, seats=4)
    shop.books.feed(sessions(1, START + 4 * DAY), START + 5 * DAY)
    assert amounts() == [0, 0, 100_000]
    assert_books_hold()


def test_taken_back_across_a_tier_posts_the_difference() -> None:
    """A late message joins two conversations: two sessions go and one comes, the month is rated
    again."""
    shop = shop_with(plan(billing_session=TIERS))
    shop.buy(KEY)
    first = START + DAY
    shop.books.feed(talk("u0", start=first) + talk("u16", start=first), START + 2 * DAY)
    shop.books.feed(sessions(5, START + 2 * DAY, "bob"), START + 3 * DAY)
    assert charged(shop.books) == 1_400_000
    shop.books.feed(talk("u14", start=first, user="ann"), START + 4 * DAY)
    [tally] = Tally.objects.all()
    assert tally.quantity == 7
    assert charged(shop.books) == 1_400_000
    assert_books_hold()


def test_fewer_units_cost_what_fewer_cost() -> None:
    """Agent time that is told late takes a session of the first tier back."""
    shop = shop_with(plan(billing_session=TIERS))
    shop.buy(KEY)
    first = START + DAY
    batch = talk("u0 u10 b20 u31", start=first, conversation="c")
    shop.books.feed(batch, START + 2 * DAY)
    shop.books.feed(sessions(4, START + 2 * DAY, "bob"), START + 3 * DAY)
    assert charged(shop.books) == 1_400_000
    late = talk("t1 r29", start=first, conversation="c")
    shop.books.feed(late, START + 4 * DAY)
    [tally] = Tally.objects.all()
    assert tally.quantity < 7
    expected = {6: 1_350_000, 5: 300_000}
    assert charged(shop.books) == tally.amount_micro == expected[tally.quantity]
    [correction] = Charge.objects.filter(quantity=0)
    assert correction.session_id is None
    assert_books_hold()


def test_in_any_order_a_month_costs_the_same() -> None:
    """The same sessions, corrected, late and in batches of any size."""
    found = set()
    for seed in range(4):
        chance = random.Random(seed)
        shop = shop_with(plan(billing_session=TIERS))
        shop.buy(KEY)
        day = START + DAY
        batch = talk("u0 u10 b20 u31 t1 r29", start=day, conversation="c")
        batch += talk("u0 u14 u16", start=day, user="eve") + sessions(4, day, "bob")
        batch = [replace(event, id=f"s{seed}-{place}") for place, event in enumerate(batch)]
        chance.shuffle(batch)
        while batch:
            size = chance.randint(1, 5)
            shop.books.feed(batch[:size], START + 2 * DAY)
            del batch[:size]
        [tally] = Tally.objects.filter(subscription__bot=shop.bot)
        found.add((tally.quantity, tally.amount_micro, charged(shop.books)))
        assert_books_hold()
    assert len(found) == 1


def test_a_trial_is_free_and_what_goes_beyond_is_not() -> None:
    shop = shop_with(plan(billing_session=TIERS, alert={"model": "per_unit", "amount": "1"}))
    start_trial(shop.bot, KEY, START)
    alerts = alerted(2)
    shop.books.feed(sessions(5) + alerts, START + 2 * DAY)
    assert amounts() == [0, 0, 0, 200_000, 200_000]
    assert charged(shop.books) == 400_000
    assert_books_hold()


def test_a_trial_ends_when_its_sessions_were_had() -> None:
    shop = shop_with(plan(billing_session=TIERS))
    start_trial(shop.bot, KEY, START)
    shop.books.feed(sessions(2), START + 2 * DAY)
    shop.run_due(START + 2 * DAY)
    assert shop.subscription.state == "trialing"
    shop.books.feed(sessions(1, START + 2 * DAY, "bob"), START + 3 * DAY)
    shop.run_due(START + 3 * DAY)
    assert (shop.subscription.state, shop.subscription.canceled_at) == ("canceled", START + 3 * DAY)
    shop.books.feed(sessions(1, START + 4 * DAY), START + 5 * DAY)
    assert charged(shop.books) == 200_000
    assert_books_hold()


def test_a_contract_is_not_charged() -> None:
    shop = shop_with(plan(billing_session=TIERS))
    shop.books.workspace.plan = "enterprise"
    shop.books.workspace.save()
    shop.order(KEY)
    shop.books.feed(sessions(5), START + 2 * DAY)
    assert not Charge.objects.exists()
    assert not Tally.objects.exists()
    assert_books_hold()


def test_what_was_used_before_a_contract_is_paid_by_credit_though_it_comes_late() -> None:
    shop = shop_with(plan(billing_session=TIERS))
    agree_contract(Wanted(shop.books.workspace), uuid.uuid4(), START)
    shop.books.feed(sessions(1, START - 2 * DAY) + sessions(2), START + 2 * DAY)
    assert charged(shop.books) == 200_000
    assert_books_hold()
