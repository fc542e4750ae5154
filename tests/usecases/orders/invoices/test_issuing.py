"""One invoice for each order and statement, numbered without gaps whoever asks."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from quartermaster.core.invoices import plain
from quartermaster.core.invoices.taxes import NO_TAX
from quartermaster.store.billing import queries as billing
from quartermaster.store.invoices import queries, telling
from quartermaster.store.invoices.models import Invoice, Series
from quartermaster.store.orders.models import Order
from quartermaster.usecases.orders.invoices import _issuing
from quartermaster.usecases.orders.invoices._issuing import PaidOrder
from quartermaster.usecases.orders.invoices.set_seller import set_seller
from tests.books import open_books
from tests.usecases.at_once import at_once
from tests.usecases.orders.invoices.trade import LATER, MERCER, PARLEY, TODAY, Trade
from tests.usecases.plans.contracts.deal import MARCH, Deal
from tests.usecases.shop import ESSENTIAL, START, Shop


@pytest.mark.django_db
def test_an_order_is_invoiced_with_the_tax_of_its_day() -> None:
    found = Trade.made().invoice
    assert (found.net_minor, found.tax_minor, found.total_minor) == (9_000, 1_710, 10_710)
    assert (found.paid_minor, found.issue_date, found.due_date) == (9_000, TODAY, TODAY)
    assert plain.party(found.buyer) == MERCER
    assert plain.seller(found.seller) == PARLEY
    assert telling.number(found) == "PC-000001"
    lines = [telling.line(row) for row in queries.lines_of([found.id])]
    assert [(one.description, one.quantity, one.amount_minor, one.tax_minor) for one in lines] == [
        ("Essential, monthly fee", 1, 6_000, 1_140),
        ("Essential, named seats, monthly", 3, 3_000, 570),
    ]
    assert (lines[1].unit_price, lines[1].detail) == (Decimal(10), "helpdesk")
    assert (lines[0].start_date, lines[0].end_date) == (TODAY, date(2026, 2, 27))


@pytest.mark.django_db
def test_by_default_there_is_no_tax_and_a_name() -> None:
    found = Trade.made(is_taxed=False).invoice
    assert (found.total_minor, found.tax_minor, found.paid_minor) == (9_000, 0, 9_000)
    assert telling.number(found) == "QM-000001"
    assert plain.seller(found.seller) == billing.UNNAMED


@pytest.mark.django_db
def test_the_tax_of_the_order_counts_if_it_is_told() -> None:
    trade = Trade.made()
    trade.shop.at = LATER
    order = trade.shop.order("support/enhanced")
    found = _issuing.for_order(PaidOrder(order, order.total_minor, NO_TAX), LATER)
    assert found is not None
    assert (found.tax_minor, found.total_minor) == (0, order.total_minor)


@pytest.mark.django_db
def test_an_order_has_one_invoice_and_what_is_free_has_none() -> None:
    trade = Trade.made()
    order = Order.objects.get()
    with pytest.raises(IntegrityError, match="invoice_of_order_once"), transaction.atomic():
        _issuing.for_order(PaidOrder(order, 0), LATER)
    assert Series.objects.get().last_number == 1
    order.total_minor = 0
    assert _issuing.for_order(PaidOrder(order, 0), LATER) is None
    assert queries.find_of_order(order.id) == trade.invoice


@pytest.mark.django_db
def test_another_entity_has_numbers_of_its_own() -> None:
    trade = Trade.made()
    set_seller(replace(PARLEY, prefix="PC-US"), LATER)
    trade.shop.at = LATER
    order = trade.shop.order("support/enhanced")
    found = _issuing.for_order(PaidOrder(order, order.total_minor), LATER)
    assert found is not None
    assert telling.number(found) == "PC-US-000001"
    assert telling.number(trade.credit()) == "PC-000002"


@pytest.mark.django_db
def test_workspaces_for_tests_take_no_real_number() -> None:
    order = Shop.opened(open_books("helpdesk", is_test=True)).order(ESSENTIAL)
    found = _issuing.for_order(PaidOrder(order, order.total_minor), START)
    assert found is not None
    assert telling.number(found) == "TEST-QM-000001"


@pytest.mark.django_db
def test_a_closed_cycle_is_invoiced_and_due_when_it_was_agreed() -> None:
    deal = Deal.made(net_days=14)
    deal.price()
    deal.talk(10)
    statement = deal.close()
    found = Invoice.objects.get(statement=statement)
    assert (found.total_minor, found.paid_minor, found.due_date) == (100, 0, date(2026, 3, 15))
    assert found.issue_date == MARCH.date()
    (row,) = queries.lines_of([found.id])
    assert row.detail == "2 included + 8 × $0.125 = $1.00"
    assert (row.quantity, row.unit_price, row.end_date) == (10, None, date(2026, 2, 28))
    assert telling.document(found, [row]).end_date == date(2026, 2, 28)


@pytest.mark.django_db
def test_late_usage_comes_with_the_next_invoice() -> None:
    deal = Deal.made()
    deal.price()
    deal.talk(10)
    first = deal.close()
    deal.talk(8, MARCH - timedelta(days=2), "bookings")
    second = deal.close(MARCH + timedelta(days=31))
    invoices = [Invoice.objects.get(statement=one) for one in (first, second)]
    assert [one.total_minor for one in invoices] == [100, 100]
    assert queries.lines_of([invoices[1].id])[0].description.startswith("Adjustment: ")


@pytest.mark.django_db
def test_a_cycle_that_saw_nothing_has_no_invoice() -> None:
    assert not Invoice.objects.filter(statement=Deal.made().close()).exists()


@pytest.mark.usefixtures("committed")
def test_numbers_have_no_gaps_with_several_at_once_and_some_that_fail() -> None:
    shop = Shop.opened(open_books(*(f"bot{number}" for number in range(6)), "helpdesk"))
    orders = []
    for number in range(6):
        shop.bot = shop.books.bots[f"bot{number}"]
        orders.append(shop.order(ESSENTIAL))

    def issue(order: Order, fails: bool) -> Invoice | None:
        with transaction.atomic():
            made = _issuing.for_order(PaidOrder(order, order.total_minor), START)
            if fails:
                raise RuntimeError("something else went wrong")
            return made

    acts = [
        (lambda order=order, number=number: issue(order, number % 3 == 0))
        for number, order in enumerate(orders)
    ]
    found = at_once(*acts)
    assert sum(isinstance(one, RuntimeError) for one in found) == 2
    made = sorted(one.number for one in found if isinstance(one, Invoice))
    assert made == [1, 2, 3, 4]
    assert Series.objects.get().last_number == 4
