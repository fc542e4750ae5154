"""Which way to pay is charged while nobody is there."""

from django.db import transaction

from quartermaster.store.billing import operations as billing
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace


def choose_default(workspace: Workspace, method: str) -> PaymentMethod:
    """One that is there, by its public id. NotFound."""
    with transaction.atomic():
        people.lock_workspace(workspace.id)
        found = queries.get_of(workspace.id, method)
        billing.make_default(found)
        return found
