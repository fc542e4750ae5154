"""The operator says what came of a payment."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from quartermaster.adapters.payments import ByHand
from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.store.orders.models import Order, Payment
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.payments.report_payment import report_payment
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.settling.settle_due import settle_due
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer
from tests import books
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, START, Shop

END = datetime(2026, 2, 28, tzinfo=UTC)
PAID, DECLINED = Outcome.SUCCEEDED, Outcome.DECLINED


def test_what_waits_is_paid_once(shop: Shop) -> None:
    order = collect_payment(Gateways(otherwise=ByHand()), shop.order(ESSENTIAL), lambda: START)
    assert order.state == "awaiting_payment"
    for _ in range(2):
        assert report_payment(order.id, PaymentAnswer(PAID), START).state == "fulfilled"
    assert (Payment.objects.count(), shop.subscription.state) == (1, "active")


def test_nobody_need_have_asked_before(shop: Shop) -> None:
    assert report_payment(shop.order(ESSENTIAL).id, PaymentAnswer(PAID), START).state == "fulfilled"


def test_declined_and_then_paid_after_all(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    for _ in range(2):
        report_payment(order.id, PaymentAnswer(DECLINED, "no such account"), START)
    assert Payment.objects.get().reason == "no such account"
    assert report_payment(order.id, PaymentAnswer(PAID), START).state == "fulfilled"
    with pytest.raises(OrderSettled):
        report_payment(order.id, PaymentAnswer(DECLINED), START)


def test_nothing_comes_of_what_was_canceled_or_cost_nothing(shop: Shop) -> None:
    canceled = cancel_order(shop.order(ADVANCED).id, START)
    free = shop.order("support/basic")
    for order in (canceled, free):
        with pytest.raises(OrderSettled):
            report_payment(order.id, PaymentAnswer(PAID), START)


def test_a_renewal_by_hand_waits_and_holds_up_nothing(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    for hours in range(3):
        at = END + timedelta(hours=hours)
        for one in settle_due(Gateways(otherwise=ByHand()), lambda at=at: at):
            assert one.failure is None
    order = Order.objects.latest("id")
    assert (order.kind, Payment.objects.filter(order=order).count()) == ("renew", 1)
    assert shop.subscription.state == "active"
    report_payment(order.id, PaymentAnswer(DECLINED), END)
    assert shop.subscription.state == "past_due"
    report_payment(order.id, PaymentAnswer(PAID), END + timedelta(hours=4))
    assert shop.subscription.state == "active"
    assert shop.subscription.cycle_start_at == END


def test_said_twice_at_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.order(ESSENTIAL)
    found = at_once(*[partial(report_payment, order.id, PaymentAnswer(PAID), START)] * 3)
    assert {one.state for one in found} == {"fulfilled"}
    assert Payment.objects.count() == 1
