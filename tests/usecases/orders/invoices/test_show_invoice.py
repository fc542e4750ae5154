"""Every line opens to what it is made of."""

import pytest

from quartermaster.store.orders.models import Order
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.invoices.list_invoices import Wanted, list_invoices
from quartermaster.usecases.orders.invoices.show_invoice import Origin, show_invoice
from tests.usecases.orders.invoices.trade import LATER, Trade
from tests.usecases.plans.contracts.deal import MARCH, Deal

pytestmark = pytest.mark.django_db


def test_an_invoice_opens_to_its_order_and_a_credit_note_to_its_invoice() -> None:
    trade = Trade.made()
    note = trade.credit({2: 1_000})
    found = show_invoice(trade.workspace, "PC-000001", LATER)
    order = Order.objects.get().public_id
    assert [one.origin for one in found.lines] == [
        Origin("order", order, 1, "$60.00"),
        Origin("order", order, 2, "2 included + 3 × $10.00 = $30.00"),
    ]
    assert [one.number for one in found.credit_notes] == ["PC-000002"]
    assert (found.document.about, found.listed.credited_minor) == (order, 1_190)
    given = show_invoice(trade.workspace, note.public_id, LATER)
    assert [one.origin for one in given.lines] == [Origin("invoice", trade.invoice.public_id, 2)]
    assert (given.document.corrects, given.document.reason) == ("PC-000001", "A test")


def test_an_invoice_of_a_cycle_opens_to_its_statement() -> None:
    deal = Deal.made()
    deal.price()
    deal.talk(10)
    statement = deal.close()
    (listed,) = list_invoices(Wanted(deal.books.workspace), MARCH)
    found = show_invoice(deal.books.workspace, listed.number, MARCH)
    (line,) = found.lines
    told = line.origin.told
    assert told is not None
    (bot,) = told.bots
    assert bot == (deal.books.bots["helpdesk"], 10)
    formula = "2 included + 8 × $0.125 = $1.00"
    assert line.origin == Origin("statement", statement.public_id, 1, formula, told)
    assert listed.status == "open"


@pytest.mark.parametrize("name", ["PC-000002", "PC-²", "inv_1", "", "PC-" + "9" * 30])
def test_nothing_else_is_found(name: str) -> None:
    with pytest.raises(NotFound):
        show_invoice(Trade.made().workspace, name, LATER)
