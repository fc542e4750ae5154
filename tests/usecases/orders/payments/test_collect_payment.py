"""Notes the attempt, asks the outside, records the answer; cut off anywhere, it goes on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection

from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.core.money import MICRO
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.usecases.orders._ways import MethodNotTaken
from quartermaster.usecases.orders.payments.begin_payment import PaymentInFlight, begin_payment
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer, PaymentRequest
from tests import books
from tests.books import assert_books_hold
from tests.fakes.gateway import FakeGateway, Unreachable
from tests.usecases import cut_off
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


def test_a_page_that_is_open_is_closed(shop: Shop) -> None:
    card = shop.save()
    order = shop.fund()
    page = shop.open(order)
    assert collect_payment(shop.gateways, order, shop.now, card).state == "fulfilled"
    assert [one.code for one in queries.payments_of(order.id)] == ["canceled", ""]
    with pytest.raises(LookupError):
        shop.provider.pay(page.reference)
    with pytest.raises(OrderSettled):
        collect_payment(shop.gateways, order, shop.now, card)
    assert shop.books.paid() == 100 * MICRO
    assert_books_hold()


def test_the_page_was_paid_meanwhile(shop: Shop) -> None:
    shop.save()
    order = shop.fund()
    page = shop.open(order)
    shop.provider.pay(page.reference)
    assert collect_payment(shop.gateways, order, shop.now).state == "fulfilled"
    assert [one.id for one in queries.payments_of(order.id)] == [page.id]
    assert shop.books.paid() == 100 * MICRO
    assert_books_hold()


def test_a_page_that_cannot_be_closed_is_in_the_way(shop: Shop) -> None:
    shop.save()
    order = shop.fund()
    page = shop.open(order)
    for gone in ({"is_out": True}, {"hesitates": True}, {"loses_next": True}):
        vars(shop.provider).update(gone)
        with pytest.raises(PaymentInFlight, match=r"the page at memory.* try again in a moment"):
            collect_payment(shop.gateways, order, shop.now)
        vars(shop.provider).update(is_out=False, hesitates=False)
    assert collect_payment(shop.gateways, order, shop.now).state == "fulfilled"
    assert shop.provider.paid[page.reference].code == "canceled"
    assert len(queries.payments_of(order.id)) == 2


def test_what_is_refused_leaves_the_page_open(shop: Shop) -> None:
    order = shop.fund()
    page = shop.open(order)
    with pytest.raises(PaymentInFlight, match="pay there"):
        collect_payment(shop.gateways, order, shop.now)
    card = shop.save()
    PaymentMethod.objects.update(provider="elsewhere")
    card.refresh_from_db()
    with pytest.raises(MethodNotTaken):
        collect_payment(shop.gateways, order, shop.now, card)
    shop.provider.pay(page.reference)
    assert shop.complete(page).state == "fulfilled"


def test_another_saved_way_is_not_given_up_before_it_is_known(shop: Shop) -> None:
    card, paypal = shop.save(), shop.save("paypal")
    order = shop.fund()
    shop.provider.hesitates = True
    collect_payment(shop.gateways, order, shop.now, card)
    with pytest.raises(PaymentInFlight, match=r"Visa 4242 was charged: .* try again later"):
        collect_payment(shop.gateways, order, shop.now, paypal)
    shop.provider.settle()
    assert collect_payment(shop.gateways, order, shop.now, paypal).state == "fulfilled"
    assert [one.method for one in queries.payments_of(order.id)] == [card]
    assert_books_hold()


def test_cut_off_anywhere_while_it_leaves_a_page(shop: Shop) -> None:
    shop.save()
    orders: list[Order] = []

    def ready(gateways: Gateways) -> Callable[[], Order]:
        orders.append(shop.fund())
        shop.open(orders[-1])
        return partial(collect_payment, gateways, orders[-1], shop.now)

    for is_cut in cut_off.everywhere(shop, ready):
        if is_cut and queries.get(orders[-1].id).state != "fulfilled":
            shop.pay(orders[-1])
    assert {queries.get(one.id).state for one in orders} == {"fulfilled"}
    paid = [one for one in shop.provider.paid.values() if one.outcome == "succeeded"]
    assert len([one for one in paid if one.request]) == len(orders) > 20
    assert_books_hold()


def test_against_who_pays_on_the_page(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    shop.save()
    order = shop.fund()
    page = shop.open(order)
    at_once(
        partial(shop.provider.pay, page.reference),
        partial(shop.pay, order),
        partial(shop.pay, order),
        partial(shop.complete, page),
    )
    shop.notify()
    assert queries.get(order.id).state == "fulfilled"
    paid = [one for one in shop.provider.paid.values() if one.outcome == "succeeded"]
    assert len([one for one in paid if one.request]) == 1
    assert_books_hold()


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
