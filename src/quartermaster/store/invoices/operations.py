"""Issuing, in the caller's transaction and under the lock of the workspaces concerned."""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, LiteralString

from django.db.models import Model

from quartermaster.core.invoices import documents, plain
from quartermaster.core.invoices.documents import Kind, Line
from quartermaster.core.invoices.parties import Party, Seller
from quartermaster.store import sql
from quartermaster.store.invoices.models import Invoice, InvoiceLine, Series, Settlement
from quartermaster.store.people.operations import public_id

_INVOICE_IDS: Final = "invoices_invoice_id_seq"
_INVOICE_COLUMNS: Final[tuple[LiteralString, ...]] = (
    "id",
    "public_id",
    "series_id",
    "number",
    "previous_number",
    "kind",
    "of_id",
    "workspace_id",
    "order_id",
    "statement_id",
    "currency",
    "net_minor",
    "tax_minor",
    "total_minor",
    "paid_minor",
    "buyer",
    "seller",
    "reason",
    "idempotency_key",
    "issue_date",
    "due_date",
    "issued_at",
)
_LINE_COLUMNS: Final[tuple[LiteralString, ...]] = (
    "invoice_id",
    "number",
    "description",
    "detail",
    "quantity",
    "unit_price",
    "amount_minor",
    "tax_category",
    "tax_rate",
    "tax_country",
    "tax_minor",
    "start_date",
    "end_date",
    "order_line_id",
    "statement_line_id",
    "of_id",
)


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line that was taxed, and the internal id of what it is made of: one of the three."""

    line: Line
    order_line: int | None = None
    statement_line: int | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """What is to be issued, for an order or a statement (internal ids); a credit note with the
    invoice `of` that it corrects, and why."""

    workspace: int
    series: str
    currency: str
    seller: Seller
    buyer: Party
    lines: Sequence[NewLine]
    issue_date: date
    due_date: date
    paid_minor: int = 0
    order: int | None = None
    statement: int | None = None
    of: int | None = None
    reason: str = ""
    idempotency_key: uuid.UUID | None = None


def issue(several: Sequence[NewInvoice], at: datetime) -> list[Invoice]:
    """All of them, numbered in their order. Their series are held to the end of the transaction, so
    this comes last in it: a number that was given is used, and nobody sees a later one before."""
    numbered = _numbers(several)
    made = [
        _invoice(new, series, number, at)
        for new, (series, number) in zip(several, numbered, strict=True)
    ]
    for invoice, key in zip(made, sql.allocate(_INVOICE_IDS, len(made)).tolist(), strict=True):
        invoice.id = key
    _copy("invoices_invoice", _INVOICE_COLUMNS, made)
    lines = (
        _line(invoice, number, line)
        for invoice, new in zip(made, several, strict=True)
        for number, line in enumerate(new.lines, 1)
    )
    _copy("invoices_invoiceline", _LINE_COLUMNS, lines)
    return made


def _copy(
    table: LiteralString, columns: tuple[LiteralString, ...], several: Iterable[Model]
) -> None:
    rows = ([_plain(getattr(one, name)) for name in columns] for one in several)
    sql.copy_rows(f"copy {table} ({', '.join(columns)}) from stdin", rows)


def _plain(value: object) -> object:
    return json.dumps(value) if isinstance(value, dict) else value


def settle(invoice: Invoice, note: str, at: datetime) -> Settlement:
    """It is paid; noted once."""
    found, _ = Settlement.objects.get_or_create(
        invoice=invoice, defaults={"note": note, "settled_at": at}
    )
    return found


def _numbers(several: Sequence[NewInvoice]) -> list[tuple[Series, int]]:
    """The next of each series. Who wants several series locks them in one order."""
    series = _locked({new.series for new in several})
    given = []
    for new in several:
        one = series[new.series]
        one.last_number += 1
        given.append((one, one.last_number))
    Series.objects.bulk_update(series.values(), ["last_number"])
    return given


def _locked(prefixes: Iterable[str]) -> dict[str, Series]:
    wanted = sorted(prefixes)
    found = Series.objects.select_for_update(no_key=True).filter(prefix__in=wanted)
    held = {one.prefix: one for one in found.order_by("prefix")}
    if len(held) < len(wanted):
        new = [Series(prefix=prefix) for prefix in wanted if prefix not in held]
        Series.objects.bulk_create(new, ignore_conflicts=True)
        held = {one.prefix: one for one in found.order_by("prefix")}
    return held


def _invoice(new: NewInvoice, series: Series, number: int, at: datetime) -> Invoice:
    totals = documents.summed(one.line for one in new.lines)
    return Invoice(
        public_id=public_id("inv"),
        series=series,
        number=number,
        previous_number=number - 1 if number > 1 else None,
        kind=Kind.INVOICE if new.of is None else Kind.CREDIT_NOTE,
        of_id=new.of,
        workspace_id=new.workspace,
        order_id=new.order,
        statement_id=new.statement,
        currency=new.currency,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        paid_minor=new.paid_minor,
        buyer=plain.written(new.buyer),
        seller=plain.written(new.seller),
        reason=new.reason,
        idempotency_key=new.idempotency_key,
        issue_date=new.issue_date,
        due_date=new.due_date,
        issued_at=at,
    )


def _line(invoice: Invoice, number: int, new: NewLine) -> InvoiceLine:
    line = new.line
    return InvoiceLine(
        invoice=invoice,
        number=number,
        description=line.description,
        detail=line.detail,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount_minor=line.amount_minor,
        tax_category=line.tax.category,
        tax_rate=line.tax.rate,
        tax_country=line.tax.country,
        tax_minor=line.tax_minor,
        start_date=line.start_date,
        end_date=line.end_date,
        order_line_id=new.order_line,
        statement_line_id=new.statement_line,
        of_id=new.of,
    )
