"""A provider keeps a way to pay for a workspace.

In the caller's transaction and under the workspace's lock.
"""

from datetime import datetime

from quartermaster.store.billing import operations as billing
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.orders.models import Payment
from quartermaster.usecases.ports.gateways import SavedMethod


def save(payment: Payment, method: SavedMethod, at: datetime) -> PaymentMethod:
    """The one that was saved with a payment; the payment has it from now on."""
    workspace, by = payment.order.workspace_id, payment.order.ordered_by
    payment.method = keep(workspace, payment.provider, method, by, at)
    payment.save()
    return payment.method


def keep(
    workspace: int, provider: str, method: SavedMethod, by: str, at: datetime
) -> PaymentMethod:
    """The first that a workspace has is its default; the same again is the same."""
    new = PaymentMethod(
        workspace_id=workspace,
        provider=provider,
        kind=method.kind,
        token=method.token,
        payer=method.payer,
        label=method.label,
        brand=method.brand,
        last_four=method.last_four,
        expires_date=method.expires_date,
        added_by=by,
        added_at=at,
    )
    return billing.keep(new)
