"""A wire that came while another payment was in flight pays once that has come to nothing."""

from collections.abc import Callable
from functools import partial

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.wires import Verdict
from quartermaster.core.money import MICRO
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.orders.wires.list_bank_entries import Awaited, list_bank_entries
from quartermaster.usecases.orders.wires.pay_waiting import pay_waiting
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer, Unavailable
from tests import books
from tests.books import assert_books_hold
from tests.usecases import cut_off
from tests.usecases.at_once import at_once
from tests.usecases.orders.wires.bank import Bank, paying
from tests.usecases.shop import Shop


def test_it_pays_once(bank: Bank) -> None:
    order = bank.shop.fund()
    attempt = begin_payment(order.id, BY_HAND, bank.shop.at)
    assert bank.send(paying(order)).paid == ()
    assert bank.try_again() == []
    settle_payment(attempt.id, PaymentAnswer(Outcome.DECLINED, "gone"), bank.shop.at)
    assert [one.id for one in bank.try_again()] == [order.id]
    assert bank.try_again() == []
    assert (bank.state(order), bank.shop.books.paid()) == ("fulfilled", 100 * MICRO)
    assert_books_hold()


def test_the_page_is_closed_as_soon_as_the_provider_is_back(bank: Bank) -> None:
    order = bank.shop.fund()
    page = bank.shop.open(order)
    bank.shop.provider.is_out = True
    assert bank.send(paying(order)).paid == ()
    assert bank.try_again() == []
    assert [one.awaits for one in list_bank_entries()] == [Awaited.PAGE]
    bank.shop.provider.is_out = False
    assert [one.id for one in bank.try_again()] == [order.id]
    assert bank.try_again() == []
    assert queries.payment(page.id).code == "canceled"
    assert (bank.state(order), bank.shop.books.paid()) == ("fulfilled", 100 * MICRO)
    assert_books_hold()


def test_a_page_that_was_never_opened_is_closed_all_the_same(bank: Bank) -> None:
    order, other = bank.shop.fund(), bank.shop.fund()
    bank.shop.provider.is_out = True
    with pytest.raises(Unavailable):
        bank.shop.open(order)
    assert bank.send(paying(order), paying(other)).paid == (other,), "it holds up no other"
    bank.shop.provider.is_out = False
    assert [one.id for one in bank.try_again()] == [order.id]
    assert_books_hold()


def test_what_fails_holds_up_nothing_else(bank: Bank) -> None:
    order, other = bank.shop.fund(), bank.shop.fund()
    page = bank.shop.open(order)
    whole = bank.shop.provider.paid.pop(page.reference)
    with pytest.raises(KeyError):
        bank.send(paying(order), paying(other))
    assert (bank.state(order), bank.state(other)) == ("awaiting_payment", "fulfilled")
    [failure] = pay_waiting(bank.shop.gateways, bank.clock)
    assert isinstance(failure, KeyError)
    bank.shop.provider.paid[page.reference] = whole
    assert [one.id for one in bank.try_again()] == [order.id]
    assert_books_hold()


def test_paid_on_the_page_it_stays_for_a_person(bank: Bank) -> None:
    order = bank.shop.fund()
    page = bank.shop.open(order)
    bank.shop.provider.is_out = True
    bank.send(paying(order))
    bank.shop.provider.is_out = False
    bank.shop.provider.pay(page.reference)
    assert bank.try_again() == []
    (found,) = list_bank_entries(is_open=True)
    assert found.match is not None
    assert (found.match.verdict, found.awaits) == (Verdict.LATE, Awaited.PERSON)
    assert bank.shop.books.paid() == 100 * MICRO
    assert_books_hold()


def test_a_saved_method_that_is_being_charged_is_waited_for(bank: Bank) -> None:
    bank.shop.save()
    order = bank.shop.fund()
    bank.shop.provider.hesitates = True
    bank.shop.pay(order)
    bank.send(paying(order))
    assert bank.try_again() == []
    assert [one.awaits for one in list_bank_entries()] == [Awaited.METHOD]
    assert queries.find_in_flight(order.id) is not None


def test_cut_off_anywhere(bank: Bank) -> None:
    orders: list[Order] = []

    def ready(gateways: Gateways) -> Callable[[], object]:
        bank.shop.provider.is_out = False
        orders.append(bank.shop.fund())
        bank.shop.open(orders[-1])
        bank.shop.provider.is_out = True
        bank.send(paying(orders[-1], bank_id=orders[-1].public_id))
        bank.shop.provider.is_out = False
        return lambda: list(pay_waiting(gateways, bank.clock))

    for is_cut in cut_off.everywhere(bank.shop, ready, stride=3):
        assert len(bank.try_again()) <= is_cut
    assert {bank.state(one) for one in orders} == {"fulfilled"}
    assert {state for _, state, _ in bank.entries()} == {"matched"}
    assert {one.code for one in bank.shop.provider.paid.values()} == {"canceled"}
    assert bank.shop.books.paid() == len(orders) * 100 * MICRO
    assert len(orders) > 20
    assert_books_hold()


def test_against_who_pays_on_the_page(committed: None) -> None:
    bank = Bank(Shop.opened(books.open_books("helpdesk")))
    order = bank.shop.fund()
    page = bank.shop.open(order)
    at_once(
        partial(bank.send, paying(order), content=b"same"),
        partial(bank.shop.provider.pay, page.reference),
        partial(bank.shop.open, order, "paypal"),
        bank.try_again,
    )
    bank.try_again()
    bank.shop.notify()
    paid = [one for one in bank.shop.provider.paid.values() if one.outcome == "succeeded"]
    [(_, state, _)] = bank.entries()
    assert (len(paid), state) in ((0, "matched"), (1, "unmatched"))
    assert (bank.state(order), bank.shop.books.paid()) == ("fulfilled", 100 * MICRO)
    assert Payment.objects.filter(outcome=None).count() == 0
    assert_books_hold()


def test_paid_otherwise_it_stays_for_a_person(bank: Bank) -> None:
    order = bank.shop.fund()
    attempt = begin_payment(order.id, BY_HAND, bank.shop.at)
    bank.send(paying(order))
    settle_payment(attempt.id, PaymentAnswer(Outcome.SUCCEEDED), bank.shop.at)
    assert bank.try_again() == []
    assert bank.entries() == [(10_000, "unmatched", 0)]
    assert_books_hold()
