"""An attempt to have an order paid is noted before anybody is asked to pay."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.orders import OPEN, OrderSettled
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Payment
from quartermaster.store.people import operations as people


def begin_payment(order: int, at: datetime) -> Payment:
    """A new attempt, or the one whose outcome is not known yet: that is to be asked for again, with
    the same key. OrderSettled where there is nothing to be paid."""
    with transaction.atomic():
        people.lock_workspace(queries.get(order).workspace_id)
        found = queries.get(order)
        if found.state not in OPEN:
            raise OrderSettled(f"the order is {found.state} already", field="order")
        return queries.find_in_flight(order) or orders.begin_payment(found, at)
