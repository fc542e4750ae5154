"""What was to end or change is taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.keep_subscription import (
    NothingToTakeBack,
    TooLate,
    keep_subscription,
)
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, START, Shop

END = datetime(2026, 2, 28, tzinfo=UTC)


def test_a_cancellation(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    cancel_subscription(shop.bot, PRODUCT, START)
    keep_subscription(shop.bot, PRODUCT, END - timedelta(minutes=6))
    assert shop.phases() == [("essential", 2, START, None)]
    shop.run_due(END)
    assert shop.subscription.state == "active"
    assert len(shop.gateway.taken) == 2


def test_a_downgrade(shop: Shop) -> None:
    shop.buy(ADVANCED)
    shop.buy(ESSENTIAL)
    keep_subscription(shop.bot, PRODUCT, START)
    assert shop.phases() == [("advanced", 2, START, None)]
    shop.run_due(END)
    assert shop.subscription.version.key == ADVANCED


def test_nothing_to_take_back(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    with pytest.raises(NothingToTakeBack):
        keep_subscription(shop.bot, PRODUCT, START)


def test_too_late(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    cancel_subscription(shop.bot, PRODUCT, START)
    with pytest.raises(TooLate):
        keep_subscription(shop.bot, PRODUCT, END - timedelta(minutes=5))


def test_an_order_that_waits_meanwhile_can_still_be_paid(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    order = shop.order(ADVANCED)
    cancel_subscription(shop.bot, PRODUCT, START)
    keep_subscription(shop.bot, PRODUCT, START)
    assert shop.pay(order).state == "fulfilled"
    assert shop.subscription.version.key == ADVANCED
