"""A buyer is sent to the provider's page."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import Way
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.orders._ways import MethodNotTaken
from quartermaster.usecases.orders.payments.begin_payment import (
    OrderTooOld,
    PaymentInFlight,
    begin_payment,
)
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.ports.gateways import (
    AmountNotTaken,
    Page,
    PageRequest,
    PaymentRequest,
    Unavailable,
)
from tests import books
from tests.books import assert_books_hold
from tests.fakes.provider import Provider
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, Shop

DAY = timedelta(days=1)


def test_what_the_provider_is_asked(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    payment = shop.open(order)
    [there] = shop.provider.paid.values()
    assert payment.url == f"https://pay.example/{there.reference}"
    assert there.request is not None
    assert (there.request.key, there.request.amount_minor) == (payment.public_id, 6_000)
    assert shop.open(order) == payment
    shop.provider.pay(payment.reference)
    assert shop.complete(payment).state == "fulfilled"
    assert_books_hold()


def test_what_is_settled_or_too_old_has_no_page(shop: Shop) -> None:
    with pytest.raises(OrderSettled):
        shop.open(shop.buy(ESSENTIAL))
    order = shop.order(ADVANCED)
    shop.at += 2 * DAY
    with pytest.raises(OrderTooOld):
        shop.open(order)
    with pytest.raises(MethodNotTaken):
        shop.open(order, "wire")
    assert not shop.provider.paid


def test_another_way_closes_the_page_that_was_open(shop: Shop) -> None:
    order = shop.fund()
    card, paypal = shop.open(order), shop.open(order, "paypal")
    card.refresh_from_db()
    assert (card.outcome, card.code) == ("declined", "canceled")
    with pytest.raises(LookupError):
        shop.provider.pay(card.reference)
    shop.provider.pay(paypal.reference)
    assert shop.complete(paypal).state == "fulfilled"
    assert_books_hold()


def test_the_other_page_was_paid_meanwhile(shop: Shop) -> None:
    order = shop.fund()
    shop.provider.pay(shop.open(order).reference)
    with pytest.raises(OrderSettled, match="fulfilled already"):
        shop.open(order, "paypal")
    assert len(shop.provider.paid) == 1
    assert_books_hold()


def test_the_other_page_cannot_be_closed_now(shop: Shop) -> None:
    order = shop.fund()
    card = shop.open(order)
    shop.provider.is_out = True
    for is_saved in (False, True):
        with pytest.raises(PaymentInFlight):
            shop.open(order, "card" if is_saved else "paypal", is_saved)
    shop.provider.is_out = False
    shop.provider.pay(card.reference)
    assert shop.complete(card).state == "fulfilled"


def test_a_saved_card_that_is_being_charged_gets_no_page(shop: Shop) -> None:
    shop.save()
    order = shop.fund()
    shop.provider.hesitates = True
    collect_payment(shop.gateways, order, shop.now)
    with pytest.raises(PaymentInFlight):
        shop.open(order)
    shop.provider.settle()
    with pytest.raises(OrderSettled):
        shop.open(order)
    assert_books_hold()


def test_what_waits_for_the_operator_gives_way(shop: Shop) -> None:
    shop.gateway.next = [Outcome.UNKNOWN] * 2
    order = shop.buy(ESSENTIAL)
    shop.provider.pay(shop.open(order).reference)
    shop.notify()
    assert [one.outcome for one in Payment.objects.order_by("id")] == ["declined", "succeeded"]
    assert_books_hold()


def test_a_renewal_is_paid_on_a_page_and_nobody_is_past_due_for_turning_back(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.UNKNOWN] * 2
    shop.run_due(shop.subscription.cycle_end_at)
    order = Order.objects.latest("id")
    for kind in ("card", "paypal", "card"):
        payment = shop.open(order, kind)
    shop.provider.turn_back(payment.reference)
    assert shop.complete(payment).state == "awaiting_payment"
    assert (shop.subscription.state, shop.subscription.failures) == ("active", 0)
    assert shop.pay_page(order).state == "fulfilled"
    assert_books_hold()


def test_a_page_of_a_renewal_that_nobody_pays_holds_it_up_for_a_day(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.UNKNOWN] * 2
    shop.run_due(shop.subscription.cycle_end_at)
    orders.note_page(shop.open(Order.objects.latest("id")), "", "")
    shop.run_due(shop.at + DAY)
    assert shop.subscription.cycle_end_at < shop.at
    shop.run_due(shop.at + timedelta(minutes=5))
    assert (shop.subscription.state, shop.subscription.failures) == ("active", 0)
    assert shop.subscription.cycle_end_at > shop.at
    assert_books_hold()


def test_cut_off_after_the_attempt_was_noted(shop: Shop) -> None:
    order = shop.fund()
    shop.provider.is_out = True
    with pytest.raises(Unavailable):
        shop.open(order)
    shop.run_due(shop.at + DAY / 2)
    shop.provider.is_out = False
    assert shop.pay_page(order).state == "fulfilled"
    assert Payment.objects.count() == 1


def test_cut_off_after_the_page_was_opened(shop: Shop) -> None:
    order = shop.fund()
    begun = begin_payment(
        order.id,
        orders.Way(MethodKind.CARD, "memory", None, False, "https://shop.example/order"),
        shop.at,
    )
    shop.provider.open(_ways.request(begun), _ways.page(begun))
    shop.run_due(shop.at + DAY / 2)
    assert shop.open(order) == begun
    [reference] = shop.provider.paid
    shop.provider.pay(reference)
    shop.run_due(shop.at + DAY / 2)
    order.refresh_from_db()
    assert order.state == "fulfilled"
    assert_books_hold()


def test_the_provider_knows_who_pays(shop: Shop) -> None:
    payer = shop.save().payer

    class Watching(Provider):
        def open(self, request: PaymentRequest, page: PageRequest) -> Page:
            assert (page.payer, page.is_saved) == (payer, True)
            return super().open(request, page)

    shop.provider = Watching()
    shop.open(shop.fund(), is_saved=True)


def test_a_way_to_pay_that_was_saved_with_it_pays_the_renewal(shop: Shop) -> None:
    order = shop.pay_page(shop.order(ESSENTIAL), is_saved=True)
    paid = Payment.objects.get(order=order)
    assert paid.method is not None
    assert (paid.method.is_default, paid.method.label) == (True, "Visa 4242")
    shop.run_due(shop.subscription.cycle_end_at)
    assert Payment.objects.latest("id").method == paid.method
    assert Payment.objects.latest("id").outcome == "succeeded"
    assert_books_hold()


def test_a_double_click_opens_one_page(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.fund()
    found = at_once(*[partial(shop.open, order)] * 3)
    assert len({one.url for one in found}) == len(shop.provider.paid) == 1
    assert shop.pay_page(order).state == "fulfilled"


def test_two_ways_at_once_pay_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.fund()
    at_once(partial(shop.open, order, "card"), partial(shop.open, order, "paypal"))
    assert Payment.objects.filter(outcome=None).count() <= 1
    waiting = [one for one in shop.provider.paid.values() if one.outcome is Outcome.UNKNOWN]
    assert len(waiting) <= 1
    for one in waiting:
        shop.provider.pay(one.reference)
    shop.notify()
    assert_books_hold()


def test_no_transaction_is_open_while_the_provider_is_asked(committed: None) -> None:
    class Watching(Provider):
        def open(self, request: PaymentRequest, page: PageRequest) -> Page:
            assert not connection.in_atomic_block
            return super().open(request, page)

    shop = Shop.opened(books.open_books("helpdesk"))
    shop.provider = Watching()
    assert shop.open(shop.fund()).url


class Refusing(Provider):
    """Opens no page for PayPal accounts, however often it is asked."""

    def open(self, request: PaymentRequest, page: PageRequest) -> Page:
        if page.kind is MethodKind.PAYPAL:
            raise AmountNotTaken
        return super().open(request, page)


def test_a_page_that_is_refused_holds_up_no_other_way(shop: Shop) -> None:
    shop.provider = Refusing()
    order = shop.fund()
    with pytest.raises(AmountNotTaken):
        shop.open(order, "paypal")
    [refused] = Payment.objects.all()
    assert (refused.outcome, refused.code) == ("declined", "declined")
    assert refused.reason == "The payment provider does not take this amount in this currency."
    card = shop.open(order)
    shop.provider.pay(card.reference)
    assert shop.complete(card).state == "fulfilled"
    assert_books_hold()


def test_an_attempt_that_never_had_a_page_is_withdrawn(shop: Shop) -> None:
    order = shop.fund()
    begin_payment(order.id, Way(MethodKind.PAYPAL, "memory", None, False, "https://x"), shop.at)
    shop.provider = Refusing()
    card = shop.open(order)
    assert [one.code for one in Payment.objects.order_by("number")] == ["canceled", ""]
    shop.provider.pay(card.reference)
    assert shop.complete(card).state == "fulfilled"
    assert_books_hold()
