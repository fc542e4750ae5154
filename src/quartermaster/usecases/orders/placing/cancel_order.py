"""Somebody no longer wants what was ordered."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.orders import OPEN, Event
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import BY_ITSELF
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.payments import _leaving
from quartermaster.usecases.orders.payments.begin_payment import PaymentInFlight
from quartermaster.usecases.ports.gateways import Gateways


class RenewalStays(Refusal):
    """A renewal is not canceled: cancel its subscription."""

    code = "renewal_stays"
    kind = "refused"


def cancel_order(
    gateways: Gateways, order: int, now: Callable[[], datetime], by: str = BY_ITSELF
) -> Order:
    """Nothing comes of it, and nobody can pay it on the page that was open for it. OrderSettled,
    also where that page turns out to have been paid; PaymentInFlight where it cannot be closed, or
    where it is not known yet what came of another attempt; RenewalStays, Unavailable."""
    _require_no_renewal(queries.get(order))
    _leaving.require_unpaid(_leaving.leave(gateways, order, now))
    with transaction.atomic():
        people.lock_workspace(queries.workspace_of(order))
        found = queries.get(order)
        waiting = queries.find_in_flight(order)
        if waiting is not None:
            raise PaymentInFlight.of(waiting)
        orders.advance(found, Event.CANCELED, now(), by)
        return found


def _require_no_renewal(order: Order) -> None:
    if order.kind == "renew" and order.state in OPEN:
        raise RenewalStays(field="order")
