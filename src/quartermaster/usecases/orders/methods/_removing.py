"""A way to pay goes.

In the caller's transaction and under the workspace's lock, but for `forget`.
"""

from datetime import datetime

from quartermaster.core.errors import Refusal
from quartermaster.store.billing import operations as billing
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.orders import queries as orders
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.ports.gateways import Gateways


class MethodNeeded(Refusal):
    """Something is paid with it: choose another way for that first."""

    code = "method_needed"
    kind = "refused"


def remove(method: PaymentMethod, at: datetime) -> None:
    """It is charged no more. Of those that stay the oldest becomes the default, if it was.
    MethodNeeded."""
    needs = [f"order {one}, which is being paid" for one in orders.paid_with(method.id)]
    needs += [f"auto-recharge of {one.bot.name}" for one in queries.recharged_with(method)]
    if method.is_default:
        renewing = subscriptions.renewing(method.workspace_id)
        needs += [f"{one.version.offer.title} of {one.bot.name}" for one in renewing]
    if needs:
        raise MethodNeeded(f"it pays for {'; '.join(needs)}", field="method")
    was_default = method.is_default
    billing.remove(method, at)
    left = queries.methods_of(method.workspace_id)
    if was_default and left:
        billing.make_default(left[0])


def forget(gateways: Gateways, method: PaymentMethod) -> None:
    """The provider forgets it; outside of transactions. Unavailable."""
    gateway = gateways.names.get(method.provider)
    if gateway is not None:
        gateway.forget(_ways.kept(method))
