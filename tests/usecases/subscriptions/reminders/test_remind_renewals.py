"""Five days before a support plan is renewed."""

from datetime import UTC, datetime, timedelta

from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.reminders.remind_renewals import remind_renewals
from tests.usecases.shop import ESSENTIAL, START, Shop
from tests.usecases.told import told

END = datetime(2026, 2, 28, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
ENHANCED = "support/enhanced"


def test_once_and_not_before(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.buy(ENHANCED)
    assert remind_renewals(END - 5 * DAY - TICK) == 0
    assert [remind_renewals(END - 5 * DAY + day * DAY) for day in range(5)] == [1, 0, 0, 0, 0]
    assert told("support.renewing") == [
        {
            "Bot Name": "helpdesk",
            "Plan": "Enhanced",
            "Plan Price": "$300.00 charged Monthly",
            "Renewal Date": "28 Feb 2026, 00:00 UTC",
        }
    ]
    shop.run_due(END)
    assert remind_renewals(datetime(2026, 3, 26, tzinfo=UTC)) == 1


def test_late_but_not_after_it(shop: Shop) -> None:
    shop.buy(ENHANCED)
    assert remind_renewals(END) == 0
    assert remind_renewals(END - TICK) == 1


def test_not_of_what_ends_or_is_free(shop: Shop) -> None:
    shop.buy(ENHANCED)
    shop.order("support/basic")
    assert remind_renewals(END - DAY) == 0, "it goes down to what is free"
    cancel_subscription(shop.bot, "support", START)
    assert remind_renewals(END - DAY) == 0


def test_of_one_workspace(shop: Shop) -> None:
    shop.buy(ENHANCED)
    assert remind_renewals(END - DAY, shop.bot.workspace_id + 1) == 0
    assert remind_renewals(END - DAY, shop.bot.workspace_id) == 1
