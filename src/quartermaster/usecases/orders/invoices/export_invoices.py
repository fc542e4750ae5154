"""The invoices and credit notes of a workspace as rows, for programs and spreadsheets."""

import functools
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from quartermaster.core import money
from quartermaster.core.invoices import plain
from quartermaster.core.invoices.documents import Kind
from quartermaster.store.invoices import telling
from quartermaster.usecases.orders.invoices._standing import ListedInvoice
from quartermaster.usecases.orders.invoices.list_invoices import Wanted, list_invoices


class InvoiceRow(NamedTuple):
    """An invoice or credit note as it leaves the product: its fields are the columns of every form
    of export. Amounts of credit notes are above zero, of what was given back."""

    id: str
    number: str
    kind: str
    status: str
    corrects: str | None
    billing_date: date
    due_date: date
    order: str | None
    statement: str | None
    customer: str
    vat_id: str | None
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    credited: Decimal
    payment_method: str | None
    payment_label: str | None

    @classmethod
    def of(cls, one: ListedInvoice) -> "InvoiceRow":
        """With public ids, and amounts with the decimals of their currency."""
        invoice, currency = one.invoice, one.invoice.currency
        buyer = plain.party(invoice.buyer)
        amount = functools.partial(money.from_minor, currency=currency)
        return cls(
            invoice.public_id,
            one.number,
            invoice.kind,
            one.status,
            telling.number(invoice.of) if invoice.of else None,
            invoice.issue_date,
            invoice.due_date,
            invoice.order.public_id if invoice.order else None,
            invoice.statement.public_id if invoice.statement else None,
            buyer.title,
            buyer.vat_id or None,
            currency,
            amount(invoice.net_minor),
            amount(invoice.tax_minor),
            amount(invoice.total_minor),
            amount(invoice.paid_minor),
            amount(one.credited_minor),
            one.method,
            one.method_label or None,
        )

    def to_sum(self) -> "InvoiceRow":
        """For a column that people add up: of a credit note the amounts are below zero."""
        if self.kind != Kind.CREDIT_NOTE:
            return self
        return self._replace(net=-self.net, tax=-self.tax, total=-self.total, paid=-self.paid)


def export_invoices(wanted: Wanted, at: datetime) -> list[InvoiceRow]:
    """The latest first."""
    return [InvoiceRow.of(one) for one in list_invoices(wanted, at)]
