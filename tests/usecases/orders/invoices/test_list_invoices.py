"""What was issued, and where it stands."""

import pytest

from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.invoices.list_invoices import list_invoices
from quartermaster.usecases.orders.invoices.settle_invoice import settle_invoice
from tests.books import open_books
from tests.usecases.orders.invoices.trade import LATER, Trade

pytestmark = pytest.mark.django_db


def test_the_latest_first_with_what_was_given_back() -> None:
    trade = Trade.made()
    assert [one.status for one in list_invoices(trade.workspace, LATER)] == ["overdue"]
    trade.credit({2: 3_000})
    found = list_invoices(trade.workspace, LATER)
    assert [(one.number, one.status, one.credited_minor) for one in found] == [
        ("PC-000002", "issued", 0),
        ("PC-000001", "paid", 3_570),
    ]
    trade.credit()
    assert list_invoices(trade.workspace, LATER)[-1].status == "credited"


def test_what_is_paid_later_is_paid() -> None:
    trade = Trade.made()
    settle_invoice(trade.workspace, "PC-000001", "wire 12", LATER)
    assert list_invoices(trade.workspace, LATER)[0].status == "paid"


def test_page_by_page_and_only_ones_own() -> None:
    trade = Trade.made()
    trade.credit()
    (last,) = list_invoices(trade.workspace, LATER, limit=1)
    (first,) = list_invoices(trade.workspace, LATER, before=last.number)
    assert (first.number, last.number) == ("PC-000001", "PC-000002")
    other = open_books("other").workspace
    assert list_invoices(other, LATER) == []
    with pytest.raises(NotFound):
        list_invoices(other, LATER, before=last.number)
