"""What was issued, and where it stands."""

from typing import Any

import pytest

from quartermaster.core.invoices.documents import Kind
from quartermaster.core.invoices.standing import Status
from quartermaster.usecases.orders.invoices import list_invoices as listing
from quartermaster.usecases.orders.invoices.list_invoices import Wanted, list_invoices
from quartermaster.usecases.orders.invoices.settle_invoice import settle_invoice
from tests.books import open_books
from tests.usecases.orders.invoices.trade import LATER, Trade
from tests.usecases.plans.contracts.deal import MARCH, Deal

pytestmark = pytest.mark.django_db


def test_the_latest_first_with_what_was_given_back() -> None:
    trade = Trade.made()
    wanted = Wanted(trade.workspace)
    assert [one.status for one in list_invoices(wanted, LATER)] == ["overdue"]
    trade.credit({2: 3_000})
    found = list_invoices(wanted, LATER)
    assert [(one.number, one.status, one.credited_minor) for one in found] == [
        ("PC-000002", "issued", 0),
        ("PC-000001", "paid", 3_570),
    ]
    trade.credit()
    assert list_invoices(wanted, LATER)[-1].status == "credited"


def test_what_is_paid_later_is_paid() -> None:
    trade = Trade.made()
    settle_invoice(trade.workspace, "PC-000001", "wire 12", LATER)
    assert list_invoices(Wanted(trade.workspace), LATER)[0].status == "paid"


def test_page_by_page_and_only_ones_own() -> None:
    trade = Trade.made()
    trade.credit()
    (last,) = list_invoices(Wanted(trade.workspace), LATER, limit=1)
    (first,) = list_invoices(Wanted(trade.workspace), LATER, before=last.invoice.id)
    assert (first.number, last.number) == ("PC-000001", "PC-000002")
    other = open_books("other").workspace
    assert list_invoices(Wanted(other), LATER, before=last.invoice.id + 1) == []


@pytest.mark.parametrize("at_once", [1, 2, 500])
def test_of_one_kind_or_standing_however_many_are_between(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(listing, "_AT_ONCE", at_once)
    trade = Trade.made()
    for _ in range(3):
        trade.credit({1: 1_000})

    def numbers(limit: int | None = None, **wanted: Any) -> list[int]:
        found = list_invoices(Wanted(trade.workspace, **wanted), LATER, limit=limit)
        return [one.invoice.number for one in found]

    assert numbers() == [4, 3, 2, 1]
    assert numbers(kind=Kind.INVOICE) == [1]
    assert numbers(kind=Kind.CREDIT_NOTE, limit=2) == [4, 3]
    assert numbers(status=Status.PAID, limit=1) == [1]
    assert numbers(status=Status.ISSUED) == [4, 3, 2]
    assert numbers(status=Status.OPEN) == []


def test_how_it_was_paid() -> None:
    trade = Trade.made(is_taxed=False)
    assert list_invoices(Wanted(trade.workspace), LATER)[0].method is None
    trade.shop.save()
    order = trade.shop.fund()
    trade.shop.pay(order)
    paid = list_invoices(Wanted(trade.workspace), LATER)[0]
    assert (paid.method, paid.method_label, paid.status) == ("card", "Visa 4242", "paid")


def test_a_cycle_is_paid_by_wire() -> None:
    deal = Deal.made()
    deal.price()
    deal.talk(10)
    deal.close()
    (found,) = list_invoices(Wanted(deal.books.workspace), MARCH)
    assert (found.method, found.status) == ("wire", "open")
