"""An attempt to have an order paid is noted before anybody is asked to pay."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.orders import OPEN, Event, OrderSettled
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Payment
from quartermaster.store.people import operations as people

STANDS: Final = timedelta(days=1)
"""How long the quote of an order stands."""


class OrderTooOld(Refusal):
    """What the order was reckoned by is more than a day old: order again."""

    code = "order_too_old"
    kind = "conflict"


def begin_payment(order: int, at: datetime) -> Payment:
    """A new attempt, or the one whose outcome is not known yet: that is to be asked for again, with
    the same key. OrderSettled where there is nothing to be paid. OrderTooOld: a quote stands for a
    day, after which the order comes to nothing; renewals stand until they are given up."""
    with transaction.atomic():
        people.lock_workspace(queries.get(order).workspace_id)
        found = queries.get(order)
        if found.state not in OPEN:
            raise OrderSettled(f"the order is {found.state} already", field="order")
        waiting = queries.find_in_flight(order)
        if waiting is not None:
            return waiting
        if found.kind == "renew" or at <= found.ordered_at + STANDS:
            return orders.begin_payment(found, at)
        orders.advance(found, Event.CANCELED, at)
    raise OrderTooOld(field="order")
