"""A buyer pays an order by wire, or otherwise meanwhile."""

from datetime import timedelta

import pytest

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.usecases.orders.payments.begin_payment import OrderTooOld, PaymentInFlight
from quartermaster.usecases.orders.payments.report_payment import report_payment
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.wires.choose_wire import WireTooSlow, choose_wire
from quartermaster.usecases.ports.gateways import PaymentAnswer
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.books import assert_books_hold
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, Shop

PAID = PaymentAnswer(Outcome.SUCCEEDED)


def test_the_order_waits_for_it(shop: Shop) -> None:
    order = shop.fund()
    for _ in range(2):
        assert choose_wire(shop.gateways, order.id, shop.now, "ann").state == "pending_clearance"
    assert [(one.event, one.by) for one in queries.steps_of(order.id)] == [("wire_chosen", "ann")]
    shop.at += timedelta(days=8)
    assert report_payment(shop.gateways, order.id, PAID, shop.now).state == "fulfilled"
    assert_books_hold()


def test_whoever_takes_wires_expects_it(shop: Shop) -> None:
    shop.provider.kinds |= {MethodKind.WIRE}
    order = shop.fund()
    shop.provider.is_out = True
    assert choose_wire(shop.gateways, order.id, shop.now).state == "pending_clearance"
    shop.provider.is_out = False
    for _ in range(2):
        choose_wire(shop.gateways, order.id, shop.now)
    [expected] = [one.request for one in shop.provider.paid.values()]
    assert expected is not None
    assert (expected.order, expected.amount_minor) == (order.public_id, order.due_minor)
    assert queries.find_in_flight(order.id) is None, "it holds up no other way to pay"


def test_a_card_pays_it_while_the_wire_is_waited_for(shop: Shop) -> None:
    order = shop.fund()
    choose_wire(shop.gateways, order.id, shop.now)
    shop.at += timedelta(days=3)
    assert shop.pay_page(order).state == "fulfilled"
    with pytest.raises(OrderSettled):
        choose_wire(shop.gateways, order.id, shop.now)
    assert_books_hold()


def test_a_page_that_is_open_is_closed(shop: Shop) -> None:
    order = shop.fund()
    for _ in range(2):
        page = shop.open(order)
        assert choose_wire(shop.gateways, order.id, shop.now).state == "pending_clearance"
        assert shop.provider.paid[page.reference].code == "canceled"
    chosen = [one.event for one in queries.steps_of(order.id)].count("wire_chosen")
    assert (chosen, queries.find_in_flight(order.id)) == (1, None)
    assert_books_hold()


def test_the_page_was_paid_meanwhile(shop: Shop) -> None:
    order = shop.fund()
    shop.provider.pay(shop.open(order).reference)
    with pytest.raises(OrderSettled, match="paid meanwhile"):
        choose_wire(shop.gateways, order.id, shop.now)
    assert queries.get(order.id).state == "fulfilled"
    assert_books_hold()


def test_not_while_another_way_may_pay(shop: Shop) -> None:
    shop.save()
    order, other = shop.fund(), shop.fund()
    shop.open(order)
    shop.provider.hesitates = True
    shop.pay(other)
    for one, words in ((order, "page at memory"), (other, "Visa 4242")):
        with pytest.raises(PaymentInFlight, match=words):
            choose_wire(shop.gateways, one.id, shop.now)
        assert queries.get(one.id).state == "awaiting_payment"


def test_what_is_refused_leaves_the_page_open(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    order = shop.order(ADVANCED)
    page = shop.open(order)
    with pytest.raises(WireTooSlow):
        choose_wire(shop.gateways, order.id, shop.now)
    assert shop.provider.paid[page.reference].outcome is Outcome.UNKNOWN


def test_what_is_paid_days_after_it_was_ordered_begins_then(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    choose_wire(shop.gateways, order.id, shop.now)
    shop.at += timedelta(days=3)
    assert report_payment(shop.gateways, order.id, PAID, shop.now).state == "fulfilled"
    assert shop.subscription.cycle_start_at == shop.at
    assert {one.start_at for one in queries.lines_of(order.id)} == {shop.at}
    assert_books_hold()


def test_changes_and_renewals_do_not_wait_for_days(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    with pytest.raises(WireTooSlow):
        choose_wire(shop.gateways, shop.order(ADVANCED).id, shop.now)
    cancel_order(shop.gateways, Order.objects.latest("id").id, shop.now)
    shop.gateway.next = [Outcome.DECLINED]
    shop.run_due(shop.subscription.cycle_end_at)
    with pytest.raises(WireTooSlow):
        choose_wire(shop.gateways, Order.objects.latest("id").id, shop.now)


def test_a_quote_that_is_too_old_is_not_waited_for(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    shop.at += timedelta(days=1, seconds=1)
    with pytest.raises(OrderTooOld):
        choose_wire(shop.gateways, order.id, shop.now)


def test_a_trial_that_ends_meanwhile_leaves_the_order(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, shop.at)
    shop.at += timedelta(days=13)
    order = shop.order(ESSENTIAL)
    choose_wire(shop.gateways, order.id, shop.now)
    shop.run_due(shop.at + timedelta(days=2))
    assert shop.subscription.state == "canceled"
    shop.at += timedelta(days=2)
    assert report_payment(shop.gateways, order.id, PAID, shop.now).state == "fulfilled"
    assert (shop.subscription.place, shop.subscription.state) == (PRODUCT, "active")
    assert shop.subscription.cycle_start_at == shop.at
    assert_books_hold()
