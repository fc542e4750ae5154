"""Credit notes: never more than the invoice, once for a key."""

import uuid

import pytest

from quartermaster.core.invoices.credits import CreditTooHigh, NothingToCredit
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.store.invoices import queries, telling
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.invoices._parties import BadParty
from quartermaster.usecases.orders.invoices.issue_credit_note import (
    NotAnInvoice,
    Wanted,
    issue_credit_note,
)
from tests.books import open_books
from tests.usecases.at_once import at_once
from tests.usecases.orders.invoices.trade import LATER, Trade


@pytest.mark.django_db
def test_whole() -> None:
    trade = Trade.made()
    found = trade.credit()
    assert (found.kind, found.of_id, found.total_minor) == (
        "credit_note",
        trade.invoice.id,
        10_710,
    )
    assert (found.net_minor, found.tax_minor, found.buyer) == (9_000, 1_710, trade.invoice.buyer)
    assert telling.number(found) == "PC-000002"
    with pytest.raises(NothingToCredit):
        trade.credit()


@pytest.mark.django_db
def test_in_parts_it_comes_to_the_invoice() -> None:
    trade = Trade.made()
    parts = [trade.credit({1: 333}), trade.credit({1: 333, 2: 1}), trade.credit()]
    assert [one.net_minor for one in parts] == [333, 334, 8_333]
    assert sum(one.tax_minor for one in parts) == trade.invoice.tax_minor
    rows = queries.lines_of([parts[0].id])
    assert [(row.of.number if row.of else None, row.detail) for row in rows] == [(1, "in part")]


@pytest.mark.django_db
def test_not_more_than_is_left() -> None:
    trade = Trade.made()
    trade.credit({2: 2_000})
    for amounts in ({2: 1_001}, {3: 1}, {1: -1}):
        with pytest.raises(CreditTooHigh):
            trade.credit(amounts)
    assert Invoice.objects.count() == 2


@pytest.mark.django_db
def test_a_credit_note_is_not_credited() -> None:
    trade = Trade.made()
    wanted = Wanted(trade.workspace, trade.credit().public_id, "Again")
    with pytest.raises(NotAnInvoice):
        issue_credit_note(wanted, uuid.uuid4(), LATER)


@pytest.mark.django_db
def test_the_same_key_is_the_same_credit_note() -> None:
    trade, key = Trade.made(), uuid.uuid4()
    name = telling.number(trade.invoice)
    wanted = Wanted(trade.workspace, name, "Less seats", {2: 1_000})
    first = issue_credit_note(wanted, key, LATER)
    assert issue_credit_note(wanted, key, LATER) == first
    with pytest.raises(KeyReused):
        issue_credit_note(Wanted(trade.workspace, name, "Other", {2: 1_000}), key, LATER)
    with pytest.raises(KeyReused):
        issue_credit_note(Wanted(trade.workspace, name, "Less seats", {2: 999}), key, LATER)


@pytest.mark.django_db
def test_of_others_and_with_a_page_of_reasons() -> None:
    trade = Trade.made()
    other = open_books("other").workspace
    with pytest.raises(NotFound):
        issue_credit_note(Wanted(other, trade.invoice.public_id, ""), uuid.uuid4(), LATER)
    with pytest.raises(BadParty):
        trade.credit(reason="x" * 201)


@pytest.mark.usefixtures("committed")
def test_two_at_once_do_not_give_it_back_twice() -> None:
    trade = Trade.made()
    found = at_once(trade.credit, trade.credit)
    assert sorted(type(one).__name__ for one in found) == ["Invoice", "NothingToCredit"]
