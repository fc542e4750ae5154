"""A way to pay is taken away."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.methods import _removing
from quartermaster.usecases.ports.gateways import Gateways


def remove_method(
    gateways: Gateways, workspace: Workspace, method: str, now: Callable[[], datetime]
) -> PaymentMethod:
    """It is charged no more, and the provider is told to forget it. Unavailable: it is removed, and
    whoever asks again tells the provider again. The default goes only while nothing is paid with
    it; then the oldest other is the default. NotFound; MethodNeeded, naming what is paid with it.
    """
    removed = _remove(workspace, method, now())
    _removing.forget(gateways, removed)
    return removed


def _remove(workspace: Workspace, method: str, at: datetime) -> PaymentMethod:
    with transaction.atomic():
        people.lock_workspace(workspace.id)
        found = queries.get_of(workspace.id, method, is_removed=None)
        if found.removed_at is None:
            _removing.remove(found, at)
        return found
