"""An invoice that was issued before it was paid has been paid."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.invoices.documents import Kind
from quartermaster.store.invoices import operations, queries
from quartermaster.store.invoices.models import Settlement
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.invoices.issue_credit_note import NotAnInvoice


def settle_invoice(workspace: Workspace, name: str, note: str, at: datetime) -> Settlement:
    """`note` says by what, such as the reference of a wire. Said again, the first word stands.
    NotFound, NotAnInvoice."""
    with transaction.atomic():
        people.lock_workspace(workspace.id)
        found = queries.get_of(workspace.id, name)
        if found.kind != Kind.INVOICE:
            raise NotAnInvoice("this is a credit note: only invoices are paid", field="invoice")
        return operations.settle(found, note, at)
