"""A workspace says whom its invoices are made out to."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.invoices.parties import Party
from quartermaster.store.billing import operations as billing
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.invoices import _parties


def set_billing_profile(workspace: Workspace, party: Party, at: datetime) -> Party:
    """For invoices from now on, as it will stand on them; those that were issued stay as they are.
    BadParty, BadVatId."""
    checked = _parties.checked(party)
    with transaction.atomic():
        people.lock_workspace(workspace.id)
        billing.set_profile(workspace.id, checked, at)
    return checked
