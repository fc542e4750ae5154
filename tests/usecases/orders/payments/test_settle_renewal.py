"""One cycle is renewed and paid, or ends."""

from datetime import timedelta
from functools import partial

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders.models import Order, Payment
from quartermaster.usecases.orders.payments.settle_renewal import settle_renewal
from quartermaster.usecases.ports.gateways import Gateways
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from tests import books
from tests.books import assert_books_hold
from tests.fakes.gateway import Unreachable
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, PRODUCT, Shop
from tests.usecases.told import told


def renew(shop: Shop) -> Payment | None:
    """At the end of its cycle."""
    at = shop.subscription.cycle_end_at
    return settle_renewal(shop.gateways, shop.subscription.id, lambda: at)


def test_it_is_renewed_and_paid(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    before = shop.subscription.cycle_end_at
    paid = renew(shop)
    assert paid
    assert Order.objects.get(id=paid.order_id).state == "fulfilled"
    assert shop.subscription.cycle_start_at == before


def test_before_its_time_nothing_happens(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    assert settle_renewal(shop.gateways, shop.subscription.id, lambda: shop.at) is None
    assert Order.objects.count() == 1


def test_a_default_whose_provider_is_switched_off_has_declined(shop: Shop) -> None:
    method = shop.save()
    shop.buy(ESSENTIAL)
    at = shop.subscription.cycle_end_at
    off = Gateways(otherwise=shop.gateway)
    tried = settle_renewal(off, shop.subscription.id, lambda: at)
    assert tried is not None
    assert (tried.method, shop.subscription.state) == (method, "past_due")
    assert Payment.objects.get(id=tried.id).code == "method_not_taken"
    assert len(told("subscription.renewal_failed")) == 1
    assert settle_renewal(off, shop.subscription.id, lambda: at) is None, "not before its next day"
    at += timedelta(days=1)
    assert settle_renewal(shop.gateways, shop.subscription.id, lambda: at)
    assert shop.subscription.state == "active"
    assert_books_hold()


def test_what_ends_is_not_paid(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    cancel_subscription(shop.bot, PRODUCT, shop.at)
    assert renew(shop) is None
    assert shop.subscription.state == "canceled"


def test_cut_off_while_the_outside_is_asked_it_is_waited_for(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [None]
    with pytest.raises(Unreachable):
        renew(shop)
    assert renew(shop) is None, "the attempt is in flight: who asks again for payments decides"
    assert Payment.objects.filter(outcome=None).count() == 1


def test_two_at_once_try_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.DECLINED] * 2
    at = shop.subscription.cycle_end_at
    at_once(*[partial(settle_renewal, shop.gateways, shop.subscription.id, lambda: at)] * 2)
    assert shop.subscription.failures == 1
