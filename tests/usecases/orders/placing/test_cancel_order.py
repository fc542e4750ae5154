"""Somebody no longer wants what was ordered."""

import pytest

from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.store.orders.models import Order, OrderLine
from quartermaster.usecases.orders.payments.begin_payment import PaymentInFlight
from quartermaster.usecases.orders.placing.cancel_order import RenewalStays, cancel_order
from tests.usecases.shop import ADVANCED, ESSENTIAL, Shop


def test_nothing_comes_of_it(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    order = cancel_order(shop.order(ADVANCED).id, shop.at)
    assert (order.state, order.settled_at) == ("canceled", shop.at)
    assert OrderLine.objects.filter(order=order, is_void=False).count() == 0
    with pytest.raises(OrderSettled, match="canceled already"):
        cancel_order(order.id, shop.at)


def test_not_while_it_is_being_paid(shop: Shop) -> None:
    shop.gateway.next = [Outcome.UNKNOWN, Outcome.DECLINED]
    order = shop.buy(ESSENTIAL)
    with pytest.raises(PaymentInFlight):
        cancel_order(order.id, shop.at)
    shop.pay(order)
    assert cancel_order(order.id, shop.at).state == "canceled"


def test_a_renewal_stays(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.DECLINED]
    shop.run_due(shop.subscription.cycle_end_at)
    with pytest.raises(RenewalStays):
        cancel_order(Order.objects.latest("id").id, shop.at)
