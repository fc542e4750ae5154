"""Whoever pays in another way, or not at all, first leaves the page that is open for the order.

Outside of any transaction. The provider is asked and its answer noted before anything else is
done, so that calling it again goes on wherever it was cut off.
"""

from collections.abc import Callable
from datetime import datetime

from quartermaster.core.lifecycles.orders import OrderSettled, State
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import Way
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.orders.payments.withdraw_payment import withdraw_payment
from quartermaster.usecases.ports.gateways import Gateways


def leave(
    gateways: Gateways, order: int, now: Callable[[], datetime], way: Way | None = None
) -> Order | None:
    """Withdraws the attempt that waits on a page; for whoever chooses a `way`, any other attempt
    that waits. The order, if it turns out to have been paid by then. What could not be withdrawn is
    in flight still, and in the way of the next step. Unavailable."""
    waiting = queries.find_in_flight(order)
    if waiting is None:
        return None
    is_left = _ways.is_on_page(waiting) if way is None else _ways.of(waiting) != way
    left = withdraw_payment(gateways, waiting, now) if is_left else None
    return left if left is not None and left.state in (State.PAID, State.FULFILLED) else None


def require_unpaid(paid: Order | None) -> None:
    """OrderSettled for an order that was paid before it could be left."""
    if paid is not None:
        raise OrderSettled(
            f"it was paid meanwhile: the order is {paid.state} already", field="order"
        )
