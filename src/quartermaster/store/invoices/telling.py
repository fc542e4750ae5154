"""Rows as the documents that they are."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from quartermaster.core.invoices import numbers, plain
from quartermaster.core.invoices.credits import Credited
from quartermaster.core.invoices.documents import Document, Kind, Line
from quartermaster.core.invoices.taxes import Category, Tax
from quartermaster.store.invoices.models import Invoice, InvoiceLine

_TICK: Final = timedelta(microseconds=1)


def number(invoice: Invoice) -> str:
    """As it stands on the document."""
    return numbers.shown(invoice.series.prefix, invoice.number)


def named(invoice: Invoice | None) -> dict[str, str] | None:
    """By its public id and its number."""
    return {"id": invoice.public_id, "number": number(invoice)} if invoice else None


def line(row: InvoiceLine) -> Line:
    """As it stands on the document."""
    price = row.unit_price
    return Line(
        row.description,
        row.quantity,
        row.amount_minor,
        Tax(Category(row.tax_category), row.tax_rate.normalize(), row.tax_country),
        None if price is None else price.normalize(),
        row.detail,
        row.start_date,
        row.end_date,
        row.tax_minor,
    )


def credited(row: InvoiceLine) -> Credited:
    """A line of a credit note, with the number of the line that it gives back."""
    assert row.of is not None, "a credit note's line names its line"
    return Credited(row.of.number, line(row))


def document(invoice: Invoice, rows: Sequence[InvoiceLine]) -> Document:
    """Whole, with its lines."""
    zone = ZoneInfo(invoice.workspace.time_zone)
    statement, order, of = invoice.statement, invoice.order, invoice.of
    return Document(
        Kind(invoice.kind),
        invoice.public_id,
        number(invoice),
        invoice.currency,
        invoice.issue_date,
        invoice.due_date,
        plain.seller(invoice.seller),
        plain.party(invoice.buyer),
        tuple(line(row) for row in rows),
        invoice.paid_minor,
        about=order.public_id if order else statement.public_id if statement else "",
        corrects=number(of) if of else "",
        corrects_date=of.issue_date if of else None,
        reason=invoice.reason,
        start_date=statement.start_at.astimezone(zone).date() if statement else None,
        end_date=(statement.end_at - _TICK).astimezone(zone).date() if statement else None,
    )
