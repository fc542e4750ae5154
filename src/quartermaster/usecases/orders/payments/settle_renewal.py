"""A subscription whose cycle has ended is renewed or ends, and the renewal is paid."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from quartermaster.store.billing import queries as billing
from quartermaster.store.orders.models import Payment
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import Gateways
from quartermaster.usecases.subscriptions.renew_subscription import renew_subscription


def settle_renewal(
    gateways: Gateways, subscription: int, now: Callable[[], datetime]
) -> Payment | None:
    """One cycle; the attempt that was made, if any. The job and a clock that is moved on both go
    this way. Cut off anywhere, it goes on when called again."""
    payment = _begin(gateways, subscription, now())
    if payment is not None:
        complete_payment(gateways, payment, now)
    return payment


def _begin(gateways: Gateways, subscription: int, at: datetime) -> Payment | None:
    """The renewal and the attempt to have it paid are noted together: nobody else, who is told of
    the same renewal, tries once more what was declined meanwhile. A provider that is switched off
    has declined."""
    with transaction.atomic():
        order = renew_subscription(subscription, at)
        if order is None:
            return None
        method = billing.find_default(order.workspace_id)
        payment = begin_payment(order.id, _ways.charged_to(method), at)
        refused = _ways.not_asked(gateways, payment)
        if refused is not None:
            settle_payment(payment.id, refused, at)
        return payment
