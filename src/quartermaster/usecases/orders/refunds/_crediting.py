"""What goes back of an invoice has a credit note."""

import uuid
from datetime import datetime
from typing import Final

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.invoices import queries
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Order, Refund
from quartermaster.usecases.orders.invoices.issue_credit_note import Wanted, issue_credit_note

_KEYS: Final = uuid.UUID("c1d7a0f2-5d5c-4b6f-8f0b-0d9a4f6b7e21")


def credit(refund: Refund, order: Order, at: datetime) -> Invoice | None:
    """Of the lines that took money, in their order, as far as what went back is not on credit notes
    that were issued by hand; None where all of it is. In the caller's transaction and under the
    workspace's lock."""
    invoice = queries.find_of_order(order.id)
    if invoice is None:
        return None
    amounts = _amounts(invoice, _gone_minor(refund.payment_id))
    if not amounts:
        return None
    reason = refund.reason or "Refund"
    wanted = Wanted(order.workspace, invoice.public_id, reason, amounts)
    return issue_credit_note(wanted, uuid.uuid5(_KEYS, refund.public_id), at)


def _gone_minor(payment: int) -> int:
    """What went back until now, without tax."""
    refunds = orders.refunds_of(payment)
    went = (one for one in refunds if one.outcome == Outcome.SUCCEEDED)
    return sum(one.amount_minor - one.tax_minor for one in went)


def _amounts(invoice: Invoice, net_minor: int) -> dict[int, int]:
    """By number of line, what credit notes of `net_minor` in all still lack."""
    notes = queries.lines_of([one.id for one in queries.credit_notes_of(invoice.id)])
    gone: dict[int | None, int] = {}
    for note in notes:
        gone[note.of_id] = gone.get(note.of_id, 0) + note.amount_minor
    left = net_minor - sum(gone.values())
    found = {}
    for line in queries.lines_of([invoice.id]):
        part = min(left, line.amount_minor - gone.get(line.id, 0))
        if part > 0:
            found[line.number] = part
            left -= part
    return found
