"""An attempt is given up."""

from functools import partial

import pytest

from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.core.money import MICRO
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.usecases.orders.payments.begin_payment import PaymentInFlight, begin_payment
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.payments.report_payment import report_payment
from quartermaster.usecases.orders.payments.withdraw_payment import withdraw_payment
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, Shop


def withdraw(shop: Shop, payment: Payment) -> Order:
    return withdraw_payment(shop.gateways, queries.payment(payment.id), shop.now)


def test_nobody_can_pay_it_then(shop: Shop) -> None:
    order = shop.fund()
    payment = shop.open(order)
    for _ in range(2):
        assert withdraw(shop, payment).state == "awaiting_payment"
    with pytest.raises(LookupError):
        shop.provider.pay(payment.reference)
    assert shop.open(order) != payment
    assert_books_hold()


def test_it_comes_too_late(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    shop.provider.pay(payment.reference)
    for _ in range(2):
        assert withdraw(shop, payment).state == "fulfilled"
    assert shop.books.paid() == 100 * MICRO
    assert_books_hold()


def test_the_answer_was_lost(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    shop.provider.loses_next = True
    withdraw(shop, payment)
    assert queries.payment(payment.id).outcome is None
    withdraw(shop, payment)
    assert queries.payment(payment.id).code == "canceled"


def test_what_is_being_charged_is_asked_for(shop: Shop) -> None:
    shop.save()
    shop.provider.hesitates = True
    order = collect_payment(shop.gateways, shop.fund(), shop.now)
    payment = Payment.objects.get()
    assert withdraw(shop, payment).state == "awaiting_payment"
    shop.provider.settle()
    assert withdraw(shop, payment).id == order.id
    assert queries.get(order.id).state == "fulfilled"
    assert_books_hold()


def test_with_a_provider_that_is_switched_off_nothing_is_known(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    withdraw_payment(Gateways(), payment, shop.now)
    assert queries.payment(payment.id).outcome is None


def test_by_hand_it_makes_nobody_past_due_and_may_come_after_all(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.UNKNOWN] * 2
    shop.run_due(shop.subscription.cycle_end_at)
    order = withdraw(shop, Payment.objects.latest("id"))
    assert (order.kind, order.state, shop.subscription.state) == (
        "renew",
        "awaiting_payment",
        "active",
    )
    report_payment(order.id, PaymentAnswer(Outcome.SUCCEEDED), shop.at)
    assert shop.subscription.cycle_start_at == shop.at
    assert_books_hold()


def test_cancelled_once_nothing_is_in_flight(shop: Shop) -> None:
    order = shop.fund()
    payment = shop.open(order)
    with pytest.raises(PaymentInFlight):
        cancel_order(order.id, shop.at)
    withdraw(shop, payment)
    assert cancel_order(order.id, shop.at).state == "canceled"
    with pytest.raises(OrderSettled):
        begin_payment(order.id, BY_HAND, shop.at)


def test_against_who_pays(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.fund()
    payment = shop.open(order)
    at_once(
        partial(shop.provider.pay, payment.reference),
        partial(withdraw, shop, payment),
        partial(cancel_order, order.id, shop.at),
        partial(shop.complete, payment),
    )
    withdraw(shop, payment)
    is_paid = shop.provider.paid[payment.reference].outcome is Outcome.SUCCEEDED
    found = queries.get(order.id)
    assert found.state in (("fulfilled",) if is_paid else ("awaiting_payment", "canceled"))
    assert_books_hold()
