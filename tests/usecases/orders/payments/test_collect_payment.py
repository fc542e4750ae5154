"""Notes the attempt, asks the outside, records the answer; cut off anywhere, it goes on."""

from functools import partial

import pytest
from django.db import connection

from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.ports.gateways import PaymentAnswer, PaymentRequest
from tests import books
from tests.fakes.gateway import FakeGateway, Unreachable
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, Shop


def test_what_the_gateway_is_asked(shop: Shop) -> None:
    order = shop.buy(ESSENTIAL)
    [asked] = shop.gateway.asked
    assert (asked.order, asked.amount_minor, asked.currency) == (order.public_id, 6_000, "USD")
    assert asked.workspace == order.workspace.public_id


def test_cut_off_after_the_attempt_was_noted(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    payment = begin_payment(order.id, BY_HAND, shop.at)
    assert shop.pay(order).state == "fulfilled"
    assert [request.key for request in shop.gateway.asked] == [payment.public_id]


def test_cut_off_after_the_gateway_took_it(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    shop.gateway.next = [None]
    with pytest.raises(Unreachable):
        shop.pay(order)
    assert shop.pay(order).state == "fulfilled"
    assert len(shop.gateway.taken) == 1


def test_an_unknown_outcome_is_asked_for_with_the_same_key(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    shop.gateway.next = [Outcome.UNKNOWN, Outcome.UNKNOWN]
    for state in ("awaiting_payment", "awaiting_payment", "fulfilled"):
        assert shop.pay(order).state == state
    assert len({request.key for request in shop.gateway.asked}) == 1


def test_nothing_is_left_to_be_paid(shop: Shop) -> None:
    order = shop.buy(ESSENTIAL)
    with pytest.raises(OrderSettled):
        collect_payment(shop.gateways, order, lambda: shop.at)


def test_no_transaction_is_open_while_the_outside_is_asked(committed: None) -> None:
    class Watching(FakeGateway):
        def charge(self, request: PaymentRequest) -> PaymentAnswer:
            assert not connection.in_atomic_block
            return super().charge(request)

    shop = Shop.opened(books.open_books("helpdesk"))
    shop.gateway = Watching()
    assert shop.buy(ESSENTIAL).state == "fulfilled"


def test_a_double_click_pays_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.order(ESSENTIAL)
    at_once(*[partial(shop.pay, order)] * 3)
    order.refresh_from_db()
    assert order.state == "fulfilled"
    assert len(shop.gateway.taken) == 1
