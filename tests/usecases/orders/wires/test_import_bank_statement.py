"""Statements come in, and what is exact is paid."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from quartermaster.adapters.bank_statements import formats
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.wires import Verdict
from quartermaster.core.money import MICRO
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Payment
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.store.orders.wires import operations
from quartermaster.store.orders.wires.models import BankEntry, BankFile
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.orders.wires.import_bank_statement import (
    SentFile,
    import_bank_statement,
)
from quartermaster.usecases.orders.wires.list_bank_entries import list_bank_entries
from quartermaster.usecases.ports.bank_statements import BankStatement, UnreadableStatement
from quartermaster.usecases.ports.gateways import PaymentAnswer
from tests import books
from tests.adapters.bank_statements import files
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.orders.wires.bank import ACCOUNT, ANN, BOB, Bank, paying
from tests.usecases.shop import ESSENTIAL, Shop


def test_what_is_exact_pays_its_order(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    found = bank.send(paying(order))
    assert (found.is_new, found.entries, found.added) == (True, 1, 1)
    assert [one.public_id for one in found.paid] == [order.public_id]
    assert bank.state(order) == "fulfilled"
    assert bank.entries() == [(6_000, "matched", 0)]
    assert Payment.objects.get().outcome == Outcome.SUCCEEDED
    assert_books_hold()


def test_a_wire_that_was_waited_for_arrives_after_days(bank: Bank) -> None:
    several = (bank.shop.order(ESSENTIAL), bank.shop.fund())
    for order in several:
        choose_wire(bank.shop.gateways, order.id, bank.shop.now)
    bank.shop.at += timedelta(days=8)
    for order in several:
        assert len(bank.send(paying(order)).paid) == 1
        assert bank.state(order) == "fulfilled"
    assert bank.shop.books.paid() == 100 * MICRO
    assert {one.kind for one in Payment.objects.all()} == {"wire"}
    by = [step.by for step in queries.steps_of(order.id)]
    assert by[-2:] == ["exact reference", "quartermaster"]
    assert_books_hold()


def test_paid_by_card_meanwhile_the_wire_is_late(bank: Bank) -> None:
    order = bank.shop.fund()
    choose_wire(bank.shop.gateways, order.id, bank.shop.now)
    bank.shop.pay(order)
    assert bank.send(paying(order)).paid == ()
    assert bank.shop.books.paid() == 100 * MICRO
    (found,) = list_bank_entries(is_open=True)
    assert found.match is not None
    assert (found.match.verdict, found.match.rest_minor) == (Verdict.LATE, 10_000)


def test_what_expired_or_was_never_submitted_is_not_paid(bank: Bank) -> None:
    late = bank.shop.fund()
    draft = add_funds(Funds(bank.shop.bot, 10_000, is_draft=True), uuid.uuid4(), bank.shop.at)
    bank.shop.at += timedelta(days=2)
    assert bank.send(paying(late), paying(draft)).paid == ()
    assert bank.entries() == [(10_000, "unmatched", 0)] * 2


def test_the_same_file_twice_is_told_and_adds_nothing(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    bank.send(paying(order), content=b"same")
    found = bank.send(paying(order), content=b"same")
    assert (found.is_new, found.added, found.paid) == (False, 0, ())
    assert len(bank.entries()) == Payment.objects.count() == 1


def test_the_same_entries_in_another_file_are_there_once(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    named = paying(order, bank_id="B-1")
    bank.send(named)
    found = bank.send(replace(named, text="other words"), paying(order, 5, bank_id="B-2"))
    assert (found.is_new, found.entries, found.added) == (True, 2, 1)
    assert bank.entries() == [(6_000, "matched", 0), (5, "unmatched", 0)]


def test_the_same_payer_twice_pays_once_and_the_other_is_shown(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    assert len(bank.send(paying(order), paying(order)).paid) == 1
    assert bank.entries() == [(6_000, "matched", 0), (6_000, "unmatched", 0)]


@pytest.mark.parametrize("amount", [5_999, 6_001])
def test_part_and_over_are_shown(bank: Bank, amount: int) -> None:
    order = bank.shop.order(ESSENTIAL)
    assert bank.send(paying(order, amount)).paid == ()
    assert bank.state(order) == "awaiting_payment"


def test_two_payers_with_one_reference_are_shown(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    found = bank.send(paying(order, payer_iban=ANN), paying(order, payer_iban=BOB))
    assert found.paid == ()
    assert bank.state(order) == "awaiting_payment"


def test_money_that_goes_out_is_kept_only_if_a_wire_was_called_back(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    found = bank.send(paying(order, -6_000), paying(order, -700, text="rent"))
    assert (found.entries, found.added, found.paid) == (2, 1, ())
    assert bank.entries() == [(-6_000, "unmatched", 0)]


def test_while_a_card_is_charged_the_wire_waits(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    attempt = begin_payment(order.id, BY_HAND, bank.shop.at)
    assert bank.send(paying(order), content=b"same").paid == ()
    assert bank.entries() == [(6_000, "unmatched", 0)]
    settle_payment(attempt.id, PaymentAnswer(Outcome.DECLINED), bank.shop.at)
    assert len(bank.send(paying(order), content=b"same").paid) == 1
    assert bank.state(order) == "fulfilled"


def test_a_page_that_is_open_is_closed(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    page = bank.shop.open(order)
    part = bank.shop.fund()
    open_still = bank.shop.open(part)
    assert len(bank.send(paying(order), paying(part, 5)).paid) == 1
    assert bank.state(order) == "fulfilled"
    with pytest.raises(LookupError):
        bank.shop.provider.pay(page.reference)
    bank.shop.provider.pay(open_still.reference)
    assert bank.shop.complete(open_still).state == "fulfilled"
    assert_books_hold()


def test_the_page_was_paid_meanwhile(bank: Bank) -> None:
    order = bank.shop.fund()
    bank.shop.provider.pay(bank.shop.open(order).reference)
    assert bank.send(paying(order)).paid == ()
    (found,) = list_bank_entries(is_open=True)
    assert found.match is not None
    assert (found.match.verdict, found.match.rest_minor) == (Verdict.LATE, 10_000)
    assert (bank.state(order), bank.shop.books.paid()) == ("fulfilled", 100 * MICRO)
    assert_books_hold()


def test_cut_off_before_it_pays_it_goes_on_when_sent_again(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    file = operations.add_file("s.xml", b"same", "olga@example.com", bank.shop.at)
    assert file is not None
    operations.add_entries(file, ACCOUNT, [paying(order)])
    found = bank.send(paying(order), content=b"same")
    assert (found.is_new, found.added, len(found.paid)) == (False, 0, 1)
    assert bank.state(order) == "fulfilled"


def test_a_file_that_cannot_be_read_leaves_nothing(bank: Bank) -> None:
    sent = SentFile("s.xml", b"<a", "olga@example.com")
    with pytest.raises(UnreadableStatement):
        import_bank_statement(bank.shop.gateways, formats.read, sent, bank.clock)
    assert not BankFile.objects.exists()


def test_real_bytes_come_through(bank: Bank) -> None:
    order = bank.shop.order(ESSENTIAL)
    text = paying(order).text
    body = files.entry("60.00", files.detail(text=text), currency="USD")
    sent = SentFile("s.xml", files.camt(body), "olga@example.com")
    assert len(import_bank_statement(bank.shop.gateways, formats.read, sent, bank.clock).paid) == 1


def test_two_at_once_are_one(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.order(ESSENTIAL)
    statement = BankStatement("S", ACCOUNT, (paying(order),))

    def send(content: bytes) -> int:
        sent = SentFile("s.xml", content, "olga@example.com")
        found = import_bank_statement(
            shop.gateways, lambda _: (statement,), sent, lambda _: shop.at
        )
        return found.added

    found = at_once(*[lambda one=one: send(one) for one in (b"1", b"1", b"2")])
    assert sorted(found) == [0, 0, 1]
    assert Payment.objects.filter(outcome="succeeded").count() == 1


@pytest.mark.parametrize(
    "damage",
    [
        "update wires_bankentry set amount_minor = 1",
        "update wires_bankentry set text = ''",
        "update wires_bankfile set digest = ''",
        "delete from wires_bankentry",
        "delete from wires_bankfile",
        "update wires_bankentry set state = 'decided'",
        "update wires_bankentry set state = 'matched'",
        "update wires_bankentry set rest_minor = 7000",
        "update wires_bankentry set outlet = 'refund'",
        "update wires_bankentry set matched_by = 'x'",
    ],
)
def test_the_database_refuses_what_cannot_be(bank: Bank, damage: str) -> None:
    bank.send(paying(bank.shop.order(ESSENTIAL), 5_999))
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        connection.cursor().execute(damage)
    assert BankEntry.objects.count() == 1
