"""What a change would cost."""

from datetime import timedelta

from quartermaster.store.orders.models import Order
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.subscriptions.preview_change import preview_change
from tests.usecases.shop import ADVANCED, ESSENTIAL, Shop


def test_nothing_is_ordered(shop: Shop) -> None:
    quote = preview_change(shop.wish(ESSENTIAL, "annual", 3), shop.at).quote
    assert quote.is_now
    assert quote.total_minor == 70_000
    assert not Order.objects.exists()
    assert not Subscription.objects.exists()


def test_a_downgrade_costs_nothing_now(shop: Shop) -> None:
    shop.buy(ADVANCED)
    shop.at += timedelta(days=5)
    quote = preview_change(shop.wish(ESSENTIAL), shop.at).quote
    assert not quote.is_now
    assert (quote.lines, quote.cycle.start) == ((), shop.subscription.cycle_end_at)
