"""Somebody no longer wants what was ordered."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.orders import OPEN, Event
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import BY_ITSELF
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.payments.begin_payment import PaymentInFlight


class RenewalStays(Refusal):
    """A renewal is not canceled: cancel its subscription."""

    code = "renewal_stays"
    kind = "refused"


def cancel_order(order: int, at: datetime, by: str = BY_ITSELF) -> Order:
    """Nothing comes of it. OrderSettled, PaymentInFlight, RenewalStays."""
    with transaction.atomic():
        people.lock_workspace(queries.workspace_of(order))
        found = queries.get(order)
        if queries.find_in_flight(order):
            raise PaymentInFlight(field="order")
        if found.kind == "renew" and found.state in OPEN:
            raise RenewalStays(field="order")
        orders.advance(found, Event.CANCELED, at, by)
        return found
