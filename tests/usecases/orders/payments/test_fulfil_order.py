"""What was paid and could not be given is given by hand, once."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F

from quartermaster.core.lifecycles.orders import Event, Outcome
from quartermaster.core.money import MICRO
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.orders.settling.fulfil_order import (
    CannotBeGiven,
    OrderNotPaid,
    fulfil_order,
)
from quartermaster.usecases.ports.gateways import PaymentAnswer
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, START, Shop
from tests.usecases.told import told

DAY = timedelta(days=1)


def late(shop: Shop, order: Order) -> Order:
    """Nobody waited for it any longer, and then the money came."""
    payment = begin_payment(order.id, BY_HAND, shop.at)
    orders.advance(queries.get(order.id), Event.CANCELED, shop.at)
    paid = settle_payment(payment.id, PaymentAnswer(Outcome.SUCCEEDED), shop.at)
    assert paid.state == "paid"
    return paid


def fulfil(shop: Shop, order: Order) -> Order:
    return fulfil_order(order.id, "olga", shop.at)


def refused(shop: Shop, order: Order, why: str) -> None:
    lines = shop.lines(order)
    with pytest.raises(CannotBeGiven, match=why):
        fulfil(shop, order)
    assert (queries.get(order.id).state, shop.lines(order)) == ("paid", lines)
    assert_books_hold()


def test_credit_comes_once_with_its_invoice(shop: Shop) -> None:
    order = late(shop, shop.fund())
    assert (shop.books.paid(), Invoice.objects.count()) == (0, 0)
    shop.at += 40 * DAY
    for _ in range(2):
        assert fulfil(shop, order).state == "fulfilled"
    assert shop.books.paid() == 100 * MICRO
    last = queries.steps_of(order.id)[-1]
    assert (last.event, last.by, last.at) == ("fulfilled", "olga", shop.at)
    assert Invoice.objects.get().order == order
    assert len(told("purchase.completed")) == 1
    assert_books_hold()


def test_a_subscription_begins_when_it_is_given(shop: Shop) -> None:
    order = late(shop, shop.order(ESSENTIAL))
    shop.at += 40 * DAY
    fulfil(shop, order)
    assert shop.subscription.state == "active"
    assert shop.subscription.cycle_start_at == shop.at
    assert queries.left_of(order.id) == order.total_minor, "its lines count"
    assert queries.steps_of(order.id)[-1].by == "olga"
    assert_books_hold()


def test_a_change_credits_what_it_was_to_credit(shop: Shop) -> None:
    first = shop.buy(ESSENTIAL)
    order = late(shop, shop.order(ADVANCED))
    fulfil(shop, order)
    assert shop.subscription.version.key == ADVANCED
    assert queries.left_of(first.id) == 0
    assert_books_hold()


def test_what_was_not_paid_or_went_back(shop: Shop) -> None:
    with pytest.raises(OrderNotPaid, match="is awaiting payment"):
        fulfil(shop, shop.fund())
    order = late(shop, shop.fund())
    shop.refund(order, 10_000)
    with pytest.raises(OrderNotPaid, match="is refunded"):
        fulfil(shop, order)


def test_part_of_the_money_went_back(shop: Shop) -> None:
    order = late(shop, shop.fund())
    shop.refund(order, 4_000)
    refused(shop, order, "part of what was paid went back")


def test_the_payment_is_disputed(shop: Shop) -> None:
    order = late(shop, shop.fund())
    Payment.objects.update(disputed_minor=1)
    refused(shop, order, "wants the payment back")


def test_another_took_its_place(shop: Shop) -> None:
    order = late(shop, shop.order(ESSENTIAL))
    another = shop.order(ADVANCED)
    refused(shop, order, f"{another.public_id} is open")
    shop.pay(another)
    refused(shop, order, f"has {shop.subscription.public_id} in its place")


def test_what_it_was_to_change_has_changed_or_ended(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    order = late(shop, shop.order(ADVANCED))
    Subscription.objects.update(revision=F("revision") + 1)
    refused(shop, order, "has changed since")
    Subscription.objects.update(state="canceled", canceled_at=shop.at)
    refused(shop, order, "has ended")


def test_the_cycle_that_it_was_to_change_is_over(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    order = late(shop, shop.order(ADVANCED))
    shop.at = shop.subscription.cycle_end_at
    refused(shop, order, "is over")


def test_what_it_was_to_credit_went_back(shop: Shop) -> None:
    first = shop.buy(ESSENTIAL)
    order = late(shop, shop.order(ADVANCED))
    shop.refund(first, 1_000)
    refused(shop, order, "was credited or refunded meanwhile")


def test_it_is_bought_anew_where_the_one_before_has_ended(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    cancel_subscription(shop.bot, PRODUCT, shop.at)
    shop.run_due(shop.subscription.cycle_end_at)
    order = late(shop, shop.order(ESSENTIAL))
    fulfil(shop, order)
    assert [one.state for one in Subscription.objects.order_by("id")] == ["canceled", "active"]
    assert shop.at > START
    assert_books_hold()


def test_two_at_once_give_it_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = late(shop, shop.fund())
    done = at_once(*[partial(fulfil, shop, order)] * 3)
    assert {one.state for one in done} == {"fulfilled"}
    assert shop.books.paid() == 100 * MICRO
    assert len(queries.steps_of(order.id)) == 3
    assert_books_hold()


def test_against_a_refund(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = late(shop, shop.fund())
    at_once(partial(fulfil, shop, order), partial(shop.refund, order, 10_000))
    assert queries.get(order.id).state in ("fulfilled", "refunded")
    assert_books_hold()
