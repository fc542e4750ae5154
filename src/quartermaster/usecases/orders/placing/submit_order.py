"""Whoever put an order together submits it."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.orders import Event, State
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import BY_ITSELF
from quartermaster.store.people import operations as people


def submit_order(order: int, at: datetime, by: str = BY_ITSELF) -> Order:
    """A draft is to be paid from now on; twice is once. OrderSettled where it is settled."""
    with transaction.atomic():
        people.lock_workspace(queries.workspace_of(order))
        found = queries.get(order)
        if found.state in (State.AWAITING_PAYMENT, State.PENDING_CLEARANCE):
            return found
        orders.advance(found, Event.SUBMITTED, at, by)
        return found
