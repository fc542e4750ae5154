"""Has an order paid while nobody is there: leaves the page that may be open for it, notes the
attempt, asks the outside, notes the answer.

Each of them is done before the next begins. Wherever it is cut off, calling it again goes on:
an attempt whose outcome is not known is asked for again with its own key.
"""

from collections.abc import Callable
from datetime import datetime

from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.orders.models import Order
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.orders.payments import _leaving
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.ports.gateways import Gateways


def collect_payment(
    gateways: Gateways,
    order: Order,
    now: Callable[[], datetime],
    method: PaymentMethod | None = None,
) -> Order:
    """The order as it is after the attempt, with a saved way to pay: by default the workspace's.
    Another attempt that waits gives way to it; where it turns out to have been paid, that is the
    order's payment. OrderSettled where there is nothing to be paid; PaymentInFlight where it is not
    known yet what came of the other attempt, or no way is saved that it could give way to;
    MethodNotTaken, Unavailable."""
    if method is None:
        way = _ways.by_default(gateways, order.workspace_id)
    else:
        way = _ways.saved(gateways, method)
    paid = _leaving.leave(gateways, order.id, now, way) if way.method else None
    if paid is not None:
        return paid
    return complete_payment(gateways, begin_payment(order.id, way, now()), now)
