"""The operator says what came of a payment."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from quartermaster.adapters.payments import ByHand
from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.store.orders.models import Order, Payment
from quartermaster.usecases.orders.payments.begin_payment import PaymentInFlight
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.payments.report_payment import report_payment
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.settling.settle_due import settle_due
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, START, Shop

END = datetime(2026, 2, 28, tzinfo=UTC)
PAID, DECLINED = Outcome.SUCCEEDED, Outcome.DECLINED


def report(
    shop: Shop, order: Order, outcome: Outcome, reason: str = "", at: datetime = START
) -> Order:
    return report_payment(shop.gateways, order.id, PaymentAnswer(outcome, reason), lambda: at)


def test_what_waits_is_paid_once(shop: Shop) -> None:
    order = collect_payment(Gateways(otherwise=ByHand()), shop.order(ESSENTIAL), lambda: START)
    assert order.state == "awaiting_payment"
    for _ in range(2):
        assert report(shop, order, PAID).state == "fulfilled"
    assert (Payment.objects.count(), shop.subscription.state) == (1, "active")


def test_nobody_need_have_asked_before(shop: Shop) -> None:
    assert report(shop, shop.order(ESSENTIAL), PAID).state == "fulfilled"


def test_declined_and_then_paid_after_all(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    for _ in range(2):
        report(shop, order, DECLINED, "no such account")
    assert Payment.objects.get().reason == "no such account"
    assert report(shop, order, PAID).state == "fulfilled"
    with pytest.raises(OrderSettled):
        report(shop, order, DECLINED)


def test_nothing_comes_of_what_was_canceled_or_cost_nothing(shop: Shop) -> None:
    canceled = cancel_order(shop.gateways, shop.order(ADVANCED).id, shop.now)
    free = shop.order("support/basic")
    for order in (canceled, free):
        with pytest.raises(OrderSettled):
            report(shop, order, PAID)


def test_a_renewal_by_hand_waits_and_holds_up_nothing(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    for hours in range(3):
        at = END + timedelta(hours=hours)
        for one in settle_due(Gateways(otherwise=ByHand()), lambda at=at: at):
            assert one.failure is None
    order = Order.objects.latest("id")
    assert (order.kind, Payment.objects.filter(order=order).count()) == ("renew", 1)
    assert shop.subscription.state == "active"
    report(shop, order, DECLINED, at=END)
    assert shop.subscription.state == "past_due"
    report(shop, order, PAID, at=END + timedelta(hours=4))
    assert shop.subscription.state == "active"
    assert shop.subscription.cycle_start_at == END


def test_a_page_that_is_open_is_closed(shop: Shop) -> None:
    order = shop.fund()
    page = shop.open(order)
    with pytest.raises(PaymentInFlight, match="page at memory"):
        report(shop, order, DECLINED)
    shop.provider.is_out = True
    with pytest.raises(PaymentInFlight):
        report(shop, order, PAID)
    shop.provider.is_out = False
    for _ in range(2):
        assert report(shop, order, PAID).state == "fulfilled"
    assert shop.provider.paid[page.reference].code == "canceled"
    assert_books_hold()


def test_the_page_was_paid_meanwhile(shop: Shop) -> None:
    order = shop.fund()
    shop.provider.pay(shop.open(order).reference)
    with pytest.raises(OrderSettled, match="paid meanwhile"):
        report(shop, order, PAID)
    assert Payment.objects.count() == 1
    assert_books_hold()


def test_said_twice_at_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.order(ESSENTIAL)
    found = at_once(*[partial(report, shop, order, PAID)] * 3)
    assert {one.state for one in found} == {"fulfilled"}
    assert Payment.objects.count() == 1
