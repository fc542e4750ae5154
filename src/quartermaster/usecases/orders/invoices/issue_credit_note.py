"""An invoice is given back, whole or in part."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.invoices import credits, plain
from quartermaster.core.invoices.documents import Kind
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.store.invoices import operations, queries, telling
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.invoices.operations import NewInvoice, NewLine
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders import _telling
from quartermaster.usecases.orders.invoices import _parties


class NotAnInvoice(Refusal):
    """Invoices are credited; this is a credit note itself."""

    code = "not_an_invoice"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of an invoice (its public id or number): so much of some lines, by their number, without tax;
    None: all that is left. Why is told to the customer."""

    workspace: Workspace
    invoice: str
    reason: str
    amounts: Mapping[int, int] | None = None


def issue_credit_note(wanted: Wanted, idempotency_key: uuid.UUID, at: datetime) -> Invoice:
    """To whom the invoice was made out, by who issued it, with a number of the same series. The
    same key again is the same credit note. CreditTooHigh, NothingToCredit, NotAnInvoice, NotFound,
    KeyReused."""
    reason = _parties.text(wanted.reason, "reason")
    with transaction.atomic():
        people.lock_workspace(wanted.workspace.id)
        of = queries.get_of(wanted.workspace.id, wanted.invoice)
        made = queries.find_by_key(idempotency_key)
        if made is not None:
            return _same(made, of, reason, wanted.amounts)
        if of.kind != Kind.INVOICE:
            raise NotAnInvoice(field="invoice")
        note = operations.issue([_new(of, wanted, reason, idempotency_key, at)], at)[0]
        _telling.credited(note, at)
        return note


def _new(of: Invoice, wanted: Wanted, reason: str, key: uuid.UUID, at: datetime) -> NewInvoice:
    rows = queries.lines_of([of.id])
    earlier = queries.lines_of([one.id for one in queries.credit_notes_of(of.id)])
    invoice, before = (
        [telling.line(row) for row in rows],
        [telling.credited(row) for row in earlier],
    )
    found = credits.credit(invoice, before, wanted.amounts, of.currency)
    today = at.astimezone(ZoneInfo(wanted.workspace.time_zone)).date()
    return NewInvoice(
        of.workspace_id,
        of.series.prefix,
        of.currency,
        plain.seller(of.seller),
        plain.party(of.buyer),
        [NewLine(one.line, of=rows[one.of - 1].id) for one in found],
        today,
        today,
        order=of.order_id,
        statement=of.statement_id,
        of=of.id,
        reason=reason,
        idempotency_key=key,
    )


def _same(made: Invoice, of: Invoice, reason: str, amounts: Mapping[int, int] | None) -> Invoice:
    """All that was left when it was issued may have been any amounts."""
    given = {row.of.number: row.amount_minor for row in queries.lines_of([made.id]) if row.of}
    wanted = given if amounts is None else {at: amount for at, amount in amounts.items() if amount}
    if (made.of_id, made.reason, given) != (of.id, reason, wanted):
        raise KeyReused(field="key")
    return made
