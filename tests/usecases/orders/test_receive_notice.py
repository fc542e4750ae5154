"""A provider tells that something happened."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.reconciliation import Fault
from quartermaster.core.money import MICRO
from quartermaster.core.periods import Period
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Payment, ProviderNotice
from quartermaster.store.orders.wires.models import BankEntry
from quartermaster.store.people import operations as people
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.payments.reconcile_payments import reconcile_payments
from quartermaster.usecases.orders.placing.expire_orders import expire_orders
from quartermaster.usecases.orders.settling.receive_notice import Told, receive_notice
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.ports.bank_statements import BankStatement
from quartermaster.usecases.ports.gateways import (
    BadNotice,
    Bank,
    Gateways,
    Notice,
    NoticeKind,
    Unavailable,
)
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.orders.wires.bank import ACCOUNT, paying
from tests.usecases.shop import ESSENTIAL, START, Shop


def test_before_the_buyer_is_back(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    shop.provider.pay(payment.reference)
    for _ in range(3):
        shop.notify()
    assert shop.books.paid() == 100 * MICRO
    assert shop.complete(payment).state == "fulfilled"
    assert ProviderNotice.objects.count() == 1
    assert_books_hold()


def test_it_carries_no_truth(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    for kind in set(NoticeKind) - {NoticeKind.DISPUTE}:
        shop.notify(Notice(f"n {kind}", kind, payment.reference))
    assert queries.payment(payment.id).outcome is None
    shop.notify(Notice("of somebody else's", NoticeKind.PAYMENT, "mem_999"))
    assert shop.books.paid() == 0


def test_in_any_order(shop: Shop) -> None:
    first = shop.open(order := shop.fund())
    second = shop.open(order, "paypal")
    shop.provider.pay(second.reference)
    shop.notify(*reversed(shop.provider.told), *shop.provider.told)
    assert [one.outcome for one in queries.payments_of(order.id)] == ["declined", "succeeded"]
    assert queries.payment(first.id).code == "canceled"
    assert_books_hold()


def test_what_was_not_signed_or_is_old_is_refused(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    shop.provider.pay(payment.reference)
    [notice] = shop.provider.told
    headers, body = shop.provider.sent(notice, shop.at)
    late = shop.provider.sent(notice, shop.at - timedelta(minutes=6))
    for told in ((headers, body + b" "), ({}, body), late):
        with pytest.raises(BadNotice):
            receive_notice(shop.gateways, Told("memory", *told), shop.now)
    with pytest.raises(NotFound):
        receive_notice(Gateways(), Told("memory", headers, body), shop.now)
    assert queries.payment(payment.id).outcome is None


def test_a_wire_has_the_bank_asked(shop: Shop) -> None:
    order, asked = shop.fund(), []
    choose_wire(shop.gateways, order.id, shop.now)
    came = BankStatement("S", ACCOUNT, (paying(order),))

    def statement(first: date, last: date) -> bytes:
        asked.append((first, last))
        return f"{len(asked)}".encode()

    gateways = replace(shop.gateways, bank=Bank(statement, lambda content: (came,)))
    for name in ("1", "2", "2"):
        wire = Notice(name, NoticeKind.WIRE, "mem_999")
        told = Told("memory", *shop.provider.sent(wire, shop.at))
        receive_notice(gateways, told, shop.now)
    day = shop.at.date()
    assert asked == [(day - timedelta(days=7), day + timedelta(days=1))] * 2
    assert queries.get(order.id).state == "fulfilled"
    assert shop.books.paid() == 100 * MICRO
    assert BankEntry.objects.count() == 1
    assert_books_hold()


def test_a_setup(shop: Shop) -> None:
    setup = shop.begin_setup()
    shop.provider.pay(setup.reference)
    shop.notify()
    setup.refresh_from_db()
    assert setup.method is not None
    assert setup.method.is_default


def test_a_dispute_even_before_the_payment(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    shop.provider.pay(payment.reference)
    shop.provider.dispute(payment.reference, 10_000)
    shop.notify(*reversed(shop.provider.told))
    found = queries.payment(payment.id)
    assert (found.outcome, found.disputed_minor) == ("succeeded", 10_000)
    assert_books_hold()


def test_a_dispute_that_cannot_be_looked_up_comes_again(shop: Shop) -> None:
    shop.pay_page(shop.fund())
    payment = Payment.objects.get()
    shop.provider.dispute(payment.reference, 5_000)
    shop.provider.is_out = True
    with pytest.raises(Unavailable):
        shop.notify(shop.provider.told[-1])
    shop.provider.is_out = False
    shop.notify(shop.provider.told[-1])
    assert queries.payment(payment.id).disputed_minor == 5_000


def test_a_dispute_that_was_won(shop: Shop) -> None:
    shop.pay_page(shop.fund())
    payment = Payment.objects.get()
    shop.provider.dispute(payment.reference, 5_000)
    shop.notify()
    shop.provider.win(payment.reference)
    shop.notify()
    payment = queries.payment(payment.id)
    assert (payment.disputed_minor, payment.disputed_at) == (0, None)


def test_a_dispute_that_was_lost(shop: Shop) -> None:
    shop.pay_page(shop.fund())
    payment = Payment.objects.get()
    since = shop.at
    shop.provider.dispute(payment.reference, 5_000)
    shop.notify()
    payment = queries.payment(payment.id)
    assert (payment.disputed_minor, payment.lost_minor, payment.disputed_at) == (5_000, 0, since)
    shop.at += timedelta(days=9)
    shop.provider.lose(payment.reference)
    shop.notify(shop.provider.told[-1])
    payment = queries.payment(payment.id)
    assert (payment.lost_minor, payment.disputed_at) == (5_000, since)
    assert_books_hold()


def test_a_refund_that_was_not_known(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    shop.provider.loses_next = True
    refund = shop.refund(order, 4_000)
    assert refund.outcome is None
    shop.notify(shop.provider.told[-1])
    refund.refresh_from_db()
    assert refund.outcome == "succeeded"
    assert_books_hold()


def test_while_the_provider_is_away_the_job_asks(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    payment = shop.open(order)
    shop.provider.pay(payment.reference)
    shop.provider.is_out = True
    shop.notify()
    shop.provider.is_out = False
    shop.run_due(shop.at + timedelta(minutes=5))
    assert queries.get(order.id).state == "fulfilled"


def test_where_a_clock_stands_it_comes_by_that_clock(db: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk", is_test=True))
    later = shop.at + timedelta(days=90)
    people.set_clock(shop.books.workspace.id, later)
    world, shop.at = shop.at, later
    payment = shop.open(shop.order(ESSENTIAL))
    shop.provider.pay(payment.reference)
    shop.at = world
    shop.notify()
    assert shop.subscription.started_at == later
    assert queries.payment(payment.id).known_at == later


def test_told_several_times_at_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    payment = shop.open(shop.fund(), is_saved=True)
    shop.provider.pay(payment.reference)
    found = at_once(*[shop.notify] * 3, partial(shop.complete, payment))
    assert not [one for one in found if isinstance(one, Exception)]
    assert shop.books.paid() == 100 * MICRO
    assert ProviderNotice.objects.count() == 1
    assert_books_hold()


def test_a_dispute_stays_while_the_provider_does_not_know_the_payment(shop: Shop) -> None:
    shop.pay_page(shop.fund())
    payment = Payment.objects.get()
    shop.provider.dispute(payment.reference, 5_000)
    shop.notify()
    shop.provider.paid[payment.reference].outcome = Outcome.DECLINED
    with pytest.raises(Unavailable):
        shop.notify(Notice("n1", NoticeKind.DISPUTE, payment.reference))
    assert queries.payment(payment.id).disputed_minor == 5_000


def test_a_notice_that_names_no_payment_is_about_none(shop: Shop) -> None:
    order = shop.fund()
    shop.provider.is_out = True
    with pytest.raises(Unavailable):
        shop.open(order)
    [payment] = queries.payments_of(order.id)
    assert payment.reference == ""
    shop.notify(Notice("n1", NoticeKind.DISPUTE, ""))
    assert queries.payment(payment.id).outcome is None


def test_a_dispute_of_what_was_never_paid(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    shop.provider.turn_back(payment.reference)
    shop.notify(Notice("n1", NoticeKind.DISPUTE, payment.reference))
    found = queries.payment(payment.id)
    assert (found.outcome, found.disputed_minor) == ("declined", 0)


def _take_after_all(shop: Shop, payment: Payment) -> None:
    there = shop.provider.paid[payment.reference]
    there.outcome, there.code = Outcome.SUCCEEDED, ""
    shop.notify(Notice(f"late {payment.reference}", NoticeKind.PAYMENT, payment.reference))


def test_money_that_was_taken_after_all(shop: Shop) -> None:
    first = shop.open(order := shop.fund())
    shop.open(order, "paypal")
    _take_after_all(shop, first)
    told = [(one.outcome, one.code) for one in queries.payments_of(order.id)]
    assert told == [("succeeded", ""), ("declined", "canceled")]
    assert queries.get(order.id).state == "fulfilled"
    assert shop.books.paid() == 100 * MICRO
    assert_books_hold()


def test_money_that_was_taken_for_an_order_that_came_to_nothing(shop: Shop) -> None:
    first = shop.open(order := shop.fund())
    shop.at += timedelta(days=2)
    shop.run_due(shop.at)
    list(expire_orders(shop.gateways, shop.now))
    assert queries.get(order.id).state == "expired"
    _take_after_all(shop, first)
    assert queries.get(order.id).state == "paid", "a person decides"
    assert_books_hold()


def test_money_that_was_taken_twice_is_left_to_the_comparison(shop: Shop) -> None:
    shop.provider.at = shop.at
    first = shop.open(order := shop.fund())
    second = shop.open(order, "paypal")
    shop.provider.pay(second.reference)
    shop.complete(second)
    _take_after_all(shop, first)
    assert [one.outcome for one in queries.payments_of(order.id)] == ["declined", "succeeded"]
    assert shop.books.paid() == 100 * MICRO
    end = shop.at + timedelta(days=1)
    [found] = reconcile_payments(shop.provider, Period(START, end), end)
    assert found.fault is Fault.OUTCOME
    assert_books_hold()


def test_money_that_two_pages_took_at_once_is_left_to_the_comparison(shop: Shop) -> None:
    shop.provider.at = shop.at
    first = shop.open(order := shop.fund())
    second = shop.open(order, "paypal")
    shop.provider.pay(second.reference)
    for _ in range(2):
        _take_after_all(shop, first)
    assert [one.outcome for one in queries.payments_of(order.id)] == ["succeeded", "declined"]
    assert "in another way" in queries.payment(second.id).reason
    assert queries.find_in_flight(order.id) is None
    assert (queries.get(order.id).state, shop.books.paid()) == ("fulfilled", 100 * MICRO)
    end = shop.at + timedelta(days=1)
    [found] = reconcile_payments(shop.provider, Period(START, end), end)
    assert (found.fault, found.ours and found.ours.key) == (Fault.OUTCOME, second.public_id)
    assert_books_hold()
