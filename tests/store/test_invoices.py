"""PostgreSQL itself refuses gaps, repeats and changes of invoices."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from quartermaster.core.invoices import documents
from quartermaster.core.invoices.documents import Line
from quartermaster.core.invoices.parties import Party, Seller
from quartermaster.core.invoices.taxes import NO_TAX
from quartermaster.store.invoices import operations
from quartermaster.store.invoices.models import Invoice, Series
from quartermaster.store.invoices.operations import NewInvoice, NewLine
from quartermaster.store.orders.models import Order, OrderLine
from tests.books import NOW, open_books
from tests.store.test_constraints import refused, run
from tests.usecases.shop import ESSENTIAL, START, Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def new() -> NewInvoice:
    """The invoice of an order."""
    order = Shop.opened(open_books("helpdesk")).order(ESSENTIAL)
    row = OrderLine.objects.filter(order=order).first()
    assert row is not None
    (line,) = documents.taxed([Line("Fee", 1, 6_000, NO_TAX, Decimal(60))])
    parties = (Seller(Party("Seller"), "QM"), Party("Ann"))
    lines, day = [NewLine(line, order_line=row.id)], START.date()
    return NewInvoice(order.workspace_id, "QM", "USD", *parties, lines, day, day, order=order.id)


def copies(new: NewInvoice, count: int) -> list[NewInvoice]:
    """Of orders that are the same but for their id."""
    order = Order.objects.get()
    rows = []
    for number in range(count):
        order.pk, order.public_id = None, f"ord_{number}"
        order.state = "canceled"
        order.idempotency_key = f"{number:032}"  # type: ignore[assignment]
        order.save(force_insert=True)
        rows.append(replace(new, order=order.id))
    return rows


def test_many_are_numbered_in_their_order(new: NewInvoice) -> None:
    several = [
        replace(one, series="AB" if number % 3 else "QM")
        for number, one in enumerate(copies(new, 30))
    ]
    made = operations.issue(several, NOW)
    assert [one.number for one in made if one.series.prefix == "QM"] == list(range(1, 11))
    assert [one.number for one in made if one.series.prefix == "AB"] == list(range(1, 21))
    assert dict(Series.objects.values_list("prefix", "last_number")) == {"QM": 10, "AB": 20}
    assert operations.issue([new], NOW)[0].number == 11


def test_what_is_rolled_back_leaves_no_gap(new: NewInvoice) -> None:
    one, two = copies(new, 2)
    with transaction.atomic():
        operations.issue([one], NOW)
        transaction.set_rollback(True)
    assert operations.issue([two], NOW)[0].number == 1


def test_a_number_that_does_not_follow_is_refused(new: NewInvoice) -> None:
    one, two, three = copies(new, 3)
    operations.issue([one], NOW)
    Series.objects.update(last_number=2)
    refused("invoice_number_gapless", lambda: operations.issue([two], NOW))
    Series.objects.update(last_number=0)
    refused("invoice_number_once", lambda: operations.issue([three], NOW))


def test_one_invoice_for_an_order(new: NewInvoice) -> None:
    operations.issue([new], NOW)
    refused("invoice_of_order_once", lambda: operations.issue([new], NOW))


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        ("invoice_number_follows", "previous_number = 7"),
        ("invoice_credit_names_its_invoice", "kind = 'credit_note'"),
        ("invoice_of_one_thing", "order_id = null"),
        ("invoice_total", "total_minor = 1"),
    ],
)
def test_rows_that_say_two_things_are_refused(
    new: NewInvoice, constraint: str, statement: str
) -> None:
    operations.issue([new], NOW)
    with transaction.atomic():
        run("set constraints all immediate")
        run("alter table invoices_invoice disable trigger invoice_append_only")
        refused(constraint, lambda: run(f"update invoices_invoice set {statement}"))
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "statement",
    [
        "update invoices_invoice set reason = 'x'",
        "update invoices_invoice set id = id",
        "delete from invoices_invoice",
        "truncate invoices_invoice cascade",
        "update invoices_invoiceline set tax_minor = 0",
        "delete from invoices_invoiceline",
        "truncate invoices_invoiceline cascade",
    ],
)
def test_issued_invoices_never_change(new: NewInvoice, statement: str) -> None:
    operations.issue([new], NOW)
    with transaction.atomic():
        run("set constraints all immediate")
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            run(statement)
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("table", ["billingprofile", "seller", "taxrates"])
def test_what_was_set_is_set_anew(table: str) -> None:
    with pytest.raises(IntegrityError, match="it is set anew"), transaction.atomic():
        run(f"truncate billing_{table}")
