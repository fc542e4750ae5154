"""An invoice, line by line, and what each line is made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from quartermaster.core.invoices.documents import Document, Line
from quartermaster.store import sql
from quartermaster.store.invoices import queries, telling
from quartermaster.store.invoices.models import InvoiceLine
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.invoices import _standing
from quartermaster.usecases.orders.invoices._standing import ListedInvoice


@dataclass(frozen=True, slots=True)
class Origin:
    """What a line is made of: line `number` of an order, a statement or, on a credit note, of an
    invoice."""

    kind: Literal["order", "statement", "invoice"]
    public_id: str
    number: int


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """A line with its origin."""

    line: Line
    origin: Origin


@dataclass(frozen=True, slots=True)
class ShownInvoice:
    """An invoice, its lines opened, the credit notes that it has, and where it stands."""

    document: Document
    lines: list[OpenedLine]
    listed: ListedInvoice
    credit_notes: list[ListedInvoice]


def show_invoice(workspace: Workspace, name: str, at: datetime) -> ShownInvoice:
    """By its public id or number, as it was issued. NotFound."""
    with sql.snapshot():
        found = queries.get_of(workspace.id, name)
        rows = queries.lines_of([found.id])
        notes = queries.credit_notes_of(found.id)
        this, *others = _standing.listed(workspace, [found, *notes], at)
        opened = [OpenedLine(telling.line(row), _origin(row)) for row in rows]
        return ShownInvoice(telling.document(found, rows), opened, this, others)


def _origin(row: InvoiceLine) -> Origin:
    if row.order_line is not None:
        return Origin("order", row.order_line.order.public_id, row.order_line.number)
    if row.statement_line is not None:
        statement = row.statement_line.statement
        return Origin("statement", statement.public_id, row.statement_line.number)
    assert row.of is not None, "a line is made of something"
    return Origin("invoice", row.of.invoice.public_id, row.of.number)
