"""An invoice that was issued before it was paid has been paid."""

from datetime import datetime

from django.db import transaction

from quartermaster.store.invoices import operations, queries
from quartermaster.store.invoices.models import Settlement
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace


def settle_invoice(workspace: Workspace, name: str, note: str, at: datetime) -> Settlement:
    """`note` says by what, such as the reference of a wire. Said again, the first word stands.
    NotFound."""
    with transaction.atomic():
        people.lock_workspace(workspace.id)
        return operations.settle(queries.get_of(workspace.id, name), note, at)
