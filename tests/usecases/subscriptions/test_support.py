"""Support plans are bought, changed, renewed and ended like plans, and basic needs nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.plans.quotes import NothingChanges
from quartermaster.core.plans.terms import CadenceNotOffered
from quartermaster.store.notices.models import Notice
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.subscriptions import queries
from quartermaster.usecases.entitlements.show_entitlements import show_entitlements
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from tests import books
from tests.books import assert_books_hold
from tests.usecases.shop import START, Shop, catalog_of
from tests.usecases.told import keys, told

BASIC, ENHANCED, ENTERPRISE = "support/basic", "support/enhanced", "support/enterprise"
HALF = datetime(2026, 2, 14, 6, tzinfo=UTC)
END = datetime(2026, 2, 28, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def shop(db: None) -> Shop:
    """Three support plans: one is free, one is sold by the month and the year, and one that is
    dearer."""
    support = [
        {"name": "basic", "fee": {"monthly": "0", "annual": "0"}},
        {"name": "enhanced", "fee": {"monthly": "300", "annual": "3000"}},
        {"name": "enterprise", "fee": {"monthly": "900"}},
    ]
    return Shop.opened(books.open_books("helpdesk", "sales"), catalog_of(support=support))


def has(shop: Shop) -> str | None:
    """What the bot's support plan is said to be, everywhere the same."""
    shown = {one.support and one.support.offer.key for one in show_entitlements(shop.bot, shop.at)}
    assert shown == {queries.support_of(shop.bot.id, shop.at)}
    return shown.pop()


def test_basic_needs_no_order(shop: Shop) -> None:
    assert has(shop) == BASIC
    shop.buy(ENHANCED)
    assert has(shop) == ENHANCED
    assert queries.support_of(shop.books.bots["sales"].id, START) == BASIC
    assert Order.objects.count() == 1


def test_basic_that_is_not_free_or_not_sold(db: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"), catalog_of(support=[]))
    assert has(shop) is None
    paid = {"name": "basic", "fee": {"monthly": "0", "annual": "10"}}
    dear = Shop.opened(books.open_books("helpdesk"), catalog_of(support=[paid]))
    assert has(dear) is None


def test_it_is_bought_with_its_invoice(shop: Shop) -> None:
    shop.buy(ENHANCED)
    assert (shop.subscription.kind, shop.subscription.state) == ("support", "active")
    assert keys() == ["support.purchased", "support.invoice"]
    assert told("support.purchased") == [
        {
            "Bot Name": "helpdesk",
            "Plan": "Enhanced",
            "Plan Price": "$300.00 charged Monthly",
            "Plan Activated on": "31 Jan 2026, 12:00 UTC",
            "Next Renewal on": "28 Feb 2026, 00:00 UTC",
        }
    ]
    assert told("support.invoice")[0]["Plan"] == "Enhanced"
    with pytest.raises(NothingChanges):
        shop.order(ENHANCED)


def test_up_is_at_once_and_credits_what_is_left(shop: Shop) -> None:
    shop.buy(ENHANCED)
    shop.at = HALF
    order = shop.buy(ENTERPRISE)
    [unused, fee] = shop.lines(order)
    assert (unused[0], unused[1] < 0, fee[0]) == ("unused", True, "fee")
    assert fee[1] == -3 * unused[1]
    assert (has(shop), shop.subscription.cycle_end_at) == (ENTERPRISE, END)
    assert [one["Plan"] for one in told("support.purchased")] == ["Enhanced", "Enterprise"]
    assert_books_hold()


def test_down_is_at_the_end_of_the_cycle(shop: Shop) -> None:
    shop.buy(ENTERPRISE)
    order = shop.order(ENHANCED)
    assert (order.kind, order.due_minor, has(shop)) == ("schedule", 0, ENTERPRISE)
    shop.run_due(END)
    assert has(shop) == ENHANCED
    assert Order.objects.latest("id").total_minor == 30_000


def test_down_to_what_is_free(shop: Shop) -> None:
    shop.buy(ENHANCED)
    shop.order(BASIC)
    for at in (END, END + 40 * DAY):
        shop.run_due(at)
        assert has(shop) == BASIC
    assert Payment.objects.count() == 1
    assert "subscription.renewed" not in keys()


def test_from_months_to_years_and_back(shop: Shop) -> None:
    shop.buy(ENHANCED)
    shop.at = HALF
    order = shop.buy(ENHANCED, "annual")
    assert [what for what, _ in shop.lines(order)] == ["unused", "fee"]
    year = datetime(2027, 2, 14, tzinfo=UTC)
    assert (shop.subscription.cadence, shop.subscription.cycle_end_at) == ("annual", year)
    assert told("support.purchased")[1]["Plan Price"] == "$3,000.00 charged Annually"
    assert shop.order(ENHANCED).kind == "schedule"
    shop.run_due(year)
    assert (shop.subscription.cadence, shop.subscription.cycle_end_at) == (
        "monthly",
        datetime(2027, 3, 14, tzinfo=UTC),
    )
    with pytest.raises(CadenceNotOffered):
        shop.order(ENTERPRISE, "annual")
    assert_books_hold()


def test_it_renews(shop: Shop) -> None:
    shop.buy(ENHANCED)
    shop.run_due(END)
    assert shop.subscription.cycle_end_at == datetime(2026, 3, 31, tzinfo=UTC)
    assert keys()[2:] == ["subscription.renewed", "support.invoice"]


def test_a_renewal_that_fails_is_tried_again_and_then_given_up(shop: Shop) -> None:
    shop.buy(ENHANCED)
    shop.gateway.next = [Outcome.DECLINED] * 5
    shop.run_due(END)
    assert (shop.subscription.state, has(shop)) == ("past_due", ENHANCED)
    for day in range(1, 9):
        shop.run_due(END + day * DAY)
    assert (shop.subscription.state, has(shop)) == ("canceled", BASIC)
    failed = told("support.renewal_failed")
    assert failed[0] == {
        "Bot Name": "helpdesk",
        "Plan": "Enhanced",
        "Plan Price": "$300.00 charged Monthly",
        "Charge Attempted On": "28 Feb 2026, 00:00 UTC",
        "Payment Method": "None is saved",
    }
    assert len(failed) == 5
    assert keys()[-1] == "subscription.canceled"
    shop.buy(ENHANCED)
    assert has(shop) == ENHANCED
    assert_books_hold()


def test_a_retry_that_is_paid(shop: Shop) -> None:
    shop.buy(ENHANCED)
    shop.gateway.next = [Outcome.DECLINED]
    shop.run_due(END)
    shop.run_due(END + DAY)
    assert (shop.subscription.state, shop.subscription.cycle_start_at) == ("active", END)
    assert told("subscription.renewed")[0]["Renewal Date"] == "1 Mar 2026, 00:00 UTC"


def test_it_ends_with_its_cycle(shop: Shop) -> None:
    shop.buy(ENHANCED)
    cancel_subscription(shop.bot, "support", START)
    assert (has(shop), keys()[-1]) == (ENHANCED, "subscription.canceled")
    shop.run_due(END)
    assert (has(shop), shop.subscription.state) == (BASIC, "canceled")
    assert Notice.objects.filter(key="subscription.canceled").count() == 1
