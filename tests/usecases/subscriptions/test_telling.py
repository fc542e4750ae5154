"""What bots have is told of where it begins, goes on and ends: once, and with it."""

from datetime import UTC, datetime, timedelta

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.notices.models import Notice
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.keep_subscription import keep_subscription
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, START, Shop
from tests.usecases.told import assert_undone_with, keys, told

END = datetime(2026, 2, 28, tzinfo=UTC)
DAY = timedelta(days=1)
WHEN, ENDS = "31 Jan 2026, 12:00 UTC", "28 Feb 2026, 00:00 UTC"
CANCELED = "subscription.canceled"


def test_it_has_begun(shop: Shop) -> None:
    assert_undone_with(lambda: shop.buy(ESSENTIAL))
    order = shop.buy(ESSENTIAL)
    shop.pay(order)
    shop.buy(ADVANCED)
    assert told("subscription.started") == [
        {
            "Bot Name": "helpdesk",
            "Product": "Contact Center AI",
            "Plan": "Essential",
            "Price": "$60.00",
            "Billing Cycle": "Monthly",
            "Next Renewal": ENDS,
        }
    ]
    shop.buy("add_on/advanced_rag")
    assert told("subscription.started")[1]["Plan"] == "Advanced Rag"
    assert keys().count("order.invoice") == 3


def test_a_trial_is_not_bought_before_it_is(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, START)
    assert keys() == []
    shop.buy(ESSENTIAL)
    assert keys() == ["subscription.started", "order.invoice"]


def test_it_goes_on(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    for _ in range(2):
        shop.run_due(END)
    assert told("subscription.renewed") == [
        {
            "Bot Name": "helpdesk",
            "Plan": "Essential",
            "Amount": "$60.00",
            "Renewal Date": ENDS,
            "Next Billing Date": "31 Mar 2026, 00:00 UTC",
        }
    ]


def test_it_was_not_paid(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.DECLINED] * 5
    for day in range(9):
        for _ in range(2):
            shop.run_due(END + day * DAY)
    failed = told("subscription.renewal_failed")
    assert failed[0] == {
        "Bot Name": "helpdesk",
        "Plan": "Essential",
        "Amount": "$60.00",
        "Next Attempt": "1 Mar 2026, 00:00 UTC",
        "Services Stop on": "7 Mar 2026, 00:00 UTC",
    }
    assert [one["Next Attempt"][:5] for one in failed] == [
        "1 Mar",
        "3 Mar",
        "5 Mar",
        "7 Mar",
        "None",
    ]
    assert {one["Services Stop on"] for one in failed} == {"7 Mar 2026, 00:00 UTC"}
    [canceled] = told(CANCELED)
    assert canceled["Plan Cancellation Date"] == "7 Mar 2026, 00:00 UTC"
    links = Notice.objects.filter(key="subscription.renewal_failed").first()
    assert links
    assert links.links == [["Update payment method", "methods", ""]]


def test_it_ends(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    assert_undone_with(lambda: cancel_subscription(shop.bot, PRODUCT, START))
    for _ in range(2):
        cancel_subscription(shop.bot, PRODUCT, START)
    assert told(CANCELED) == [
        {
            "Bot Name": "helpdesk",
            "Plan": "Essential",
            "Plan Price": "$60.00 charged Monthly",
            "Plan Cancellation Date": ENDS,
        }
    ]
    keep_subscription(shop.bot, PRODUCT, START)
    cancel_subscription(shop.bot, PRODUCT, START + DAY)
    shop.run_due(END)
    assert len(told(CANCELED)) == 2, "taken back and canceled anew"
    assert shop.subscription.state == "canceled"


def test_what_is_past_due_or_a_trial_ends_at_once(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, START)
    cancel_subscription(shop.bot, PRODUCT, START + DAY)
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.DECLINED]
    shop.run_due(END)
    cancel_subscription(shop.bot, PRODUCT, END + DAY / 2)
    assert [one["Plan Cancellation Date"] for one in told(CANCELED)] == [
        "1 Feb 2026, 12:00 UTC",
        "28 Feb 2026, 12:00 UTC",
    ]
