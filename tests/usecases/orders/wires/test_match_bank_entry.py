"""A person says what an entry is for."""

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders import queries
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.store.orders.wires.models import BankEntry
from quartermaster.usecases.orders.payments.begin_payment import PaymentInFlight, begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.wires.match_bank_entry import (
    EntryMatched,
    MoneyWentOut,
    WrongCurrency,
)
from quartermaster.usecases.ports.gateways import PaymentAnswer
from tests.books import assert_books_hold
from tests.usecases.orders.wires.bank import BOB, Bank, paying
from tests.usecases.shop import ADVANCED, ESSENTIAL


def match(bank: Bank, order: int) -> list[BankEntry]:
    """All that waits, in its order."""
    waiting = BankEntry.objects.filter(state="unmatched").order_by("id")
    return [bank.match(one.id, order) for one in waiting]


def test_parts_pay_once_they_make_the_amount(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order, 2_000), paying(order, 3_000, payer_iban=BOB))
    match(bank, order.id)
    assert bank.state(order) == "awaiting_payment"
    assert bank.send(paying(order, 1_000)).paid == (), "a person began it, a person ends it"
    match(bank, order.id)
    assert bank.state(order) == "fulfilled"
    assert [state for _, state, _ in bank.entries()] == ["matched"] * 3
    assert_books_hold()


def test_what_is_too_much_waits_as_a_rest(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order, 6_500, text="no reference at all"))
    (row,) = match(bank, order.id)
    assert (bank.state(order), row.rest_minor, row.matched_by) == ("fulfilled", 500, "olga")


@pytest.mark.parametrize("how", ["paid", "canceled"])
def test_what_comes_late_is_all_rest(bank: Bank, how: str) -> None:
    order = bank.shop.order(ESSENTIAL)
    if how == "paid":
        bank.shop.pay(order)
    else:
        cancel_order(bank.shop.gateways, order.id, bank.shop.now)
    assert bank.send(paying(order)).paid == ()
    assert match(bank, order.id)[0].rest_minor == 6_000
    assert_books_hold()


def test_twice_is_once_and_another_order_is_refused(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order, 2_000))
    (row,) = match(bank, order.id)
    assert bank.match(row.id, order.id).matched_at == row.matched_at
    bank.shop.pay(order)
    other = bank.shop.order(ADVANCED)
    with pytest.raises(EntryMatched):
        bank.match(row.id, other.id)


def test_money_that_went_out_and_other_currencies_pay_nothing(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order, -6_000))
    with pytest.raises(MoneyWentOut):
        match(bank, order.id)
    bank.send(paying(order, currency="EUR"))
    euro = BankEntry.objects.get(currency="EUR")
    with pytest.raises(WrongCurrency, match="EUR came, and the order is in USD"):
        bank.match(euro.id, order.id)


def test_the_page_is_closed_once_enough_has_come(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    page = bank.shop.open(order)
    bank.send(paying(order, 2_000))
    match(bank, order.id)
    assert queries.payment(page.id).outcome is None
    bank.send(paying(order, 4_000))
    bank.shop.provider.is_out = True
    with pytest.raises(PaymentInFlight, match="page at memory"):
        match(bank, order.id)
    bank.shop.provider.is_out = False
    match(bank, order.id)
    assert (bank.state(order), queries.payment(page.id).code) == ("fulfilled", "canceled")
    assert_books_hold()


def test_the_page_was_paid_meanwhile(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    page = bank.shop.open(order)
    bank.send(paying(order, 6_500))
    bank.shop.provider.pay(page.reference)
    assert match(bank, order.id)[0].rest_minor == 6_500
    assert queries.payment(page.id).outcome == "succeeded"
    assert_books_hold()


def test_not_while_it_is_paid_otherwise(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    attempt = begin_payment(order.id, BY_HAND, bank.shop.at)
    bank.send(paying(order))
    with pytest.raises(PaymentInFlight):
        match(bank, order.id)
    assert bank.entries() == [(6_000, "unmatched", 0)]
    settle_payment(attempt.id, PaymentAnswer(Outcome.SUCCEEDED), bank.shop.at)
    assert match(bank, order.id)[0].rest_minor == 6_000
