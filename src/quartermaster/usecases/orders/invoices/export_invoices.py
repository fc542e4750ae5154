"""The invoices and credit notes of a workspace as a list for a spreadsheet."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from quartermaster.core import money
from quartermaster.core.formats import csv_text
from quartermaster.core.formats.csv_text import Cell
from quartermaster.core.invoices import plain
from quartermaster.store.invoices import telling
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.invoices._standing import ListedInvoice
from quartermaster.usecases.orders.invoices.list_invoices import list_invoices

COLUMNS: Final = (
    "number",
    "id",
    "kind",
    "corrects",
    "billing_date",
    "due_date",
    "order",
    "statement",
    "customer",
    "vat_id",
    "currency",
    "net",
    "tax",
    "total",
    "credited",
    "status",
)


def export_invoices(workspace: Workspace, at: datetime) -> Iterator[bytes]:
    """As CSV, the latest first. Amounts of credit notes are above zero, of what was given back."""
    return csv_text.whole(COLUMNS, [map(_row, list_invoices(workspace, at))])


def _row(one: ListedInvoice) -> tuple[Cell, ...]:
    invoice, currency = one.invoice, one.invoice.currency
    buyer = plain.party(invoice.buyer)
    sums = (invoice.net_minor, invoice.tax_minor, invoice.total_minor, one.credited_minor)
    return (
        one.number,
        invoice.public_id,
        invoice.kind,
        telling.number(invoice.of) if invoice.of else None,
        invoice.issue_date.isoformat(),
        invoice.due_date.isoformat(),
        invoice.order.public_id if invoice.order else None,
        invoice.statement.public_id if invoice.statement else None,
        buyer.title,
        buyer.vat_id,
        currency,
        *(money.from_minor(amount, currency) for amount in sums),
        one.status,
    )
