"""An invoice, line by line, and what each line is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from quartermaster.core.invoices.documents import Document, Line
from quartermaster.store import sql
from quartermaster.store.contracts import queries as contracts
from quartermaster.store.contracts.telling import ToldLine, told
from quartermaster.store.invoices import queries, telling
from quartermaster.store.invoices.models import Invoice, InvoiceLine
from quartermaster.store.orders import queries as orders
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.invoices import _standing
from quartermaster.usecases.orders.invoices._standing import ListedInvoice
from quartermaster.usecases.reports.explain_order import explain_order


@dataclass(frozen=True, slots=True)
class Origin:
    """What a line is made of: line `number` of an order, a statement or, on a credit note, of an
    invoice. `formula` says in words how that came about; `told` is the statement's line."""

    kind: Literal["order", "statement", "invoice"]
    public_id: str
    number: int
    formula: str = ""
    told: ToldLine | None = None


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
        made_of = _origins(workspace, found, rows)
        opened = [
            OpenedLine(telling.line(row), one) for row, one in zip(rows, made_of, strict=True)
        ]
        return ShownInvoice(telling.document(found, rows), opened, this, others)


def _origins(workspace: Workspace, found: Invoice, rows: Sequence[InvoiceLine]) -> list[Origin]:
    if found.of is not None:
        of = found.of.public_id
        return [Origin("invoice", of, row.of.number) for row in rows if row.of]
    if found.order is not None:
        order = explain_order(orders.get_of(workspace.id, found.order.public_id))
        formulas = [line.formula for line in order.lines]
        numbers = [row.order_line.number for row in rows if row.order_line]
        name = order.order.public_id
        return [Origin("order", name, one, formulas[one - 1]) for one in numbers]
    assert found.statement is not None, "an invoice is of something"
    lines = told(workspace, contracts.lines(found.statement.id))
    numbers = [row.statement_line.number for row in rows if row.statement_line]
    return [_of_statement(found.statement.public_id, lines[one - 1], one) for one in numbers]


def _of_statement(statement: str, one: ToldLine, number: int) -> Origin:
    return Origin("statement", statement, number, one.line.formula, one)
