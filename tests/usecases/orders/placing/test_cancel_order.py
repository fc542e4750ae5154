"""Somebody no longer wants what was ordered."""

from collections.abc import Callable
from functools import partial

import pytest

from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.core.money import MICRO
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, OrderLine
from quartermaster.usecases.orders.payments.begin_payment import PaymentInFlight
from quartermaster.usecases.orders.placing.cancel_order import RenewalStays, cancel_order
from quartermaster.usecases.ports.gateways import Gateways
from tests import books
from tests.books import assert_books_hold
from tests.usecases import cut_off
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, Shop


def cancel(shop: Shop, order: Order) -> Order:
    return cancel_order(shop.gateways, order.id, shop.now)


def test_nothing_comes_of_it(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    order = cancel(shop, shop.order(ADVANCED))
    assert (order.state, order.settled_at) == ("canceled", shop.at)
    assert OrderLine.objects.filter(order=order, is_void=False).count() == 0
    with pytest.raises(OrderSettled, match="canceled already"):
        cancel(shop, order)


def test_not_while_it_is_being_paid(shop: Shop) -> None:
    shop.gateway.next = [Outcome.UNKNOWN, Outcome.DECLINED]
    order = shop.buy(ESSENTIAL)
    with pytest.raises(PaymentInFlight):
        cancel(shop, order)
    shop.pay(order)
    assert cancel(shop, order).state == "canceled"


def test_the_page_that_was_open_is_closed(shop: Shop) -> None:
    order = shop.fund()
    page = shop.open(order)
    assert cancel(shop, order).state == "canceled"
    with pytest.raises(LookupError):
        shop.provider.pay(page.reference)
    with pytest.raises(OrderSettled):
        cancel(shop, order)
    assert_books_hold()


def test_the_page_was_paid_meanwhile(shop: Shop) -> None:
    order = shop.fund()
    shop.provider.pay(shop.open(order).reference)
    with pytest.raises(OrderSettled, match="paid meanwhile: the order is fulfilled already"):
        cancel(shop, order)
    assert shop.books.paid() == 100 * MICRO
    assert_books_hold()


def test_the_page_cannot_be_closed_now(shop: Shop) -> None:
    order = shop.fund()
    page = shop.open(order)
    shop.provider.is_out = True
    with pytest.raises(PaymentInFlight, match="try again in a moment"):
        cancel(shop, order)
    shop.provider.is_out = False
    shop.provider.pay(page.reference)
    assert shop.complete(page).state == "fulfilled"


def test_a_saved_method_that_is_being_charged(shop: Shop) -> None:
    shop.save()
    order = shop.fund()
    shop.provider.hesitates = True
    shop.pay(order)
    with pytest.raises(PaymentInFlight, match="asked again until it is"):
        cancel(shop, order)
    assert queries.find_in_flight(order.id) is not None


def test_cut_off_anywhere(shop: Shop) -> None:
    orders: list[Order] = []

    def ready(gateways: Gateways) -> Callable[[], Order]:
        orders.append(shop.fund())
        shop.open(orders[-1])
        return lambda: cancel_order(gateways, orders[-1].id, shop.now)

    for is_cut in cut_off.everywhere(shop, ready):
        if is_cut and queries.get(orders[-1].id).state != "canceled":
            cancel(shop, orders[-1])
    assert {queries.get(one.id).state for one in orders} == {"canceled"}
    assert {one.code for one in shop.provider.paid.values()} == {"canceled"}
    assert len(orders) > 10
    assert_books_hold()


def test_against_who_pays(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.fund()
    page = shop.open(order)
    at_once(
        partial(shop.provider.pay, page.reference),
        partial(cancel, shop, order),
        partial(cancel, shop, order),
    )
    shop.notify()
    is_paid = shop.provider.paid[page.reference].outcome is Outcome.SUCCEEDED
    assert queries.get(order.id).state == ("fulfilled" if is_paid else "canceled")
    assert_books_hold()


def test_a_renewal_stays(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.DECLINED]
    shop.run_due(shop.subscription.cycle_end_at)
    with pytest.raises(RenewalStays):
        cancel(shop, Order.objects.latest("id"))


def test_the_page_of_a_renewal_stays_open(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.DECLINED]
    shop.run_due(shop.subscription.cycle_end_at)
    order = Order.objects.latest("id")
    page = shop.open(order)
    with pytest.raises(RenewalStays):
        cancel(shop, order)
    shop.provider.pay(page.reference)
    assert shop.complete(page).state == "fulfilled"
