"""An order that nobody pays comes to nothing."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.orders import Event, State, expires_at
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.withdraw_payment import withdraw_payment
from quartermaster.usecases.ports.gateways import Gateways


def expire(gateways: Gateways, which: int, now: Callable[[], datetime]) -> Order | None:
    """The order, if it came to nothing. What is still open on a provider's page is withdrawn there
    first, so that nobody pays for nothing; what waits for the operator goes on waiting."""
    order = queries.get(which)
    if not _is_over(order, now()):
        return None
    payment = queries.find_in_flight(which)
    if payment is not None:
        end = withdraw_payment if payment.provider else complete_payment
        end(gateways, payment, now)
    with transaction.atomic():
        people.lock_workspace(order.workspace_id)
        found = queries.get(which)
        if not _is_over(found, at := now()) or queries.find_in_flight(which) is not None:
            return None
        orders.advance(found, Event.EXPIRED, at)
        return found


def _is_over(order: Order, at: datetime) -> bool:
    until = expires_at(State(order.state), order.kind, order.ordered_at)
    return until is not None and until < at
