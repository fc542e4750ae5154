"""A way to pay is taken away."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.store.billing import operations as billing
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.orders import queries as orders
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.ports.gateways import Gateways


class MethodNeeded(Refusal):
    """Something is paid with it: choose another way for that first."""

    code = "method_needed"
    kind = "refused"


def remove_method(
    gateways: Gateways, workspace: Workspace, method: str, now: Callable[[], datetime]
) -> PaymentMethod:
    """It is charged no more, and the provider is told to forget it. Unavailable: it is removed, and
    whoever asks again tells the provider again. NotFound; MethodNeeded, naming what is paid with
    it."""
    removed = _remove(workspace, method, now())
    gateway = gateways.names.get(removed.provider)
    if gateway is not None:
        gateway.forget(_ways.kept(removed))
    return removed


def _remove(workspace: Workspace, method: str, at: datetime) -> PaymentMethod:
    with transaction.atomic():
        people.lock_workspace(workspace.id)
        found = queries.get_of(workspace.id, method, is_removed=None)
        if found.removed_at is not None:
            return found
        needs = list(_needs(found))
        if needs:
            raise MethodNeeded(f"it pays for {'; '.join(needs)}", field="method")
        billing.remove(found, at)
        return found


def _needs(method: PaymentMethod) -> list[str]:
    """What is paid with it, in words."""
    being_paid = orders.paid_with(method.id)
    words = [f"order {one}, which is being paid" for one in being_paid]
    words += [f"auto-recharge of {bot}" for bot in queries.recharged_with(method)]
    if method.is_default:
        renewing = subscriptions.renewing(method.workspace_id)
        words += [f"{one.version.offer.title} of {one.bot.name}" for one in renewing]
    return words
