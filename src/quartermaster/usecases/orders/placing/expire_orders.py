"""Orders that nobody pays come to nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.orders import OPEN, Event, State, expires_at
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.withdraw_payment import withdraw_payment
from quartermaster.usecases.ports.gateways import Gateways


def expire_orders(
    gateways: Gateways, now: Callable[[], datetime], workspace: int | None = None
) -> Iterator[Order | Exception]:
    """A quote stands for a day, a wire is waited for thirty. What is still open on a provider's
    page is withdrawn there first, so that nobody pays for nothing; what waits for the operator
    goes on waiting. What fails holds up nothing else."""
    for order in queries.expired(now(), workspace):
        try:
            payment = queries.find_in_flight(order.id)
            if payment is not None:
                end = withdraw_payment if payment.provider else complete_payment
                end(gateways, payment, now)
            if (expired := _expire(order.id, now())) is not None:
                yield expired
        except Exception as failure:
            yield failure


def _expire(order: int, at: datetime) -> Order | None:
    with transaction.atomic():
        people.lock_workspace(queries.get(order).workspace_id)
        found = queries.get(order)
        until = expires_at(State(found.state), found.kind, found.ordered_at)
        is_over = found.state in OPEN and until is not None and until < at
        if not is_over or queries.find_in_flight(order) is not None:
            return None
        orders.advance(found, Event.EXPIRED, at)
        return found
