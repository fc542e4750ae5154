"""Paid after it was issued."""

import pytest

from quartermaster.store.invoices.models import Settlement
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.invoices.issue_credit_note import NotAnInvoice
from quartermaster.usecases.orders.invoices.settle_invoice import settle_invoice
from tests.books import open_books
from tests.usecases.orders.invoices.trade import LATER, START, Trade

pytestmark = pytest.mark.django_db


def test_the_first_word_stands() -> None:
    trade = Trade.made()
    for note, at in (("wire 12", START), ("wire 13", LATER)):
        settle_invoice(trade.workspace, trade.invoice.public_id, note, at)
    found = Settlement.objects.get()
    assert (found.note, found.settled_at, found.invoice) == ("wire 12", START, trade.invoice)


def test_of_others_is_not_found() -> None:
    trade = Trade.made()
    with pytest.raises(NotFound):
        settle_invoice(open_books("other").workspace, trade.invoice.public_id, "", LATER)


def test_a_credit_note_is_not_paid() -> None:
    trade = Trade.made()
    with pytest.raises(NotAnInvoice, match="only invoices are paid"):
        settle_invoice(trade.workspace, trade.credit().public_id, "wire 12", LATER)
    assert not Settlement.objects.exists()
