"""Notes the attempt, asks the outside, records the answer; cut off anywhere, it goes on."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection

from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.store.orders.models import Payment
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.usecases.orders._ways import MethodNotTaken
from quartermaster.usecases.orders.payments.begin_payment import PaymentInFlight, begin_payment
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer, PaymentRequest
from tests import books
from tests.books import assert_books_hold
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


def test_with_a_saved_way_to_pay(shop: Shop) -> None:
    card, paypal = shop.save(), shop.save("paypal")
    assert collect_payment(shop.gateways, shop.fund(), shop.now).state == "fulfilled"
    assert collect_payment(shop.gateways, shop.fund(), shop.now, paypal).state == "fulfilled"
    assert [one.method for one in Payment.objects.order_by("id")] == [card, paypal]
    assert [one.kind for one in Payment.objects.order_by("id")] == ["card", "paypal"]
    assert shop.gateway.asked == []
    assert_books_hold()


def test_the_provider_took_it_and_the_answer_was_lost(shop: Shop) -> None:
    shop.save()
    order = shop.fund()
    for state in ("awaiting_payment", "fulfilled"):
        shop.provider.loses_next = state == "awaiting_payment"
        assert collect_payment(shop.gateways, order, shop.now).state == state
    assert len([one for one in shop.provider.paid.values() if one.request]) == 1
    assert_books_hold()


def test_a_page_that_is_open_is_in_the_way(shop: Shop) -> None:
    shop.save()
    order = shop.fund()
    shop.open(order)
    with pytest.raises(PaymentInFlight):
        collect_payment(shop.gateways, order, shop.now)


def test_what_was_saved_with_a_provider_that_is_switched_off(shop: Shop) -> None:
    card = shop.save()
    by_hand = Gateways(otherwise=shop.gateway)
    for chosen in (card, None):
        with pytest.raises(MethodNotTaken, match="saved with memory, which is switched off"):
            collect_payment(by_hand, shop.fund(), shop.now, chosen)
    assert (Payment.objects.count(), shop.gateway.asked) == (0, [])


def test_without_any_saved_it_is_the_operators(shop: Shop) -> None:
    order = collect_payment(Gateways(), shop.fund(), shop.now)
    assert (order.state, Payment.objects.get().code) == ("awaiting_payment", "no_method")


def test_a_card_that_has_expired_is_not_asked_for(shop: Shop) -> None:
    method = shop.save()
    last = datetime(2028, 2, 29, 23, 59, tzinfo=UTC)
    shop.at = last
    assert shop.pay(shop.fund()).state == "fulfilled"
    charged = len(shop.provider.paid)
    shop.at = last + timedelta(minutes=1)
    order = shop.fund()
    for _ in range(2):
        assert shop.pay(order).state == "awaiting_payment"
    payment = Payment.objects.latest("id")
    assert (payment.method, payment.code) == (method, "expired_card")
    assert len(shop.provider.paid) == charged
