"""What came of an attempt to have an order paid."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles import subscriptions as life
from quartermaster.core.lifecycles.orders import Event as OrderEvent
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.subscriptions import Event
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.people import operations as people
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.usecases.orders.invoices import _issuing
from quartermaster.usecases.orders.invoices._issuing import PaidOrder
from quartermaster.usecases.subscriptions import _fulfilling


def settle_payment(payment: int, outcome: Outcome, reason: str, at: datetime) -> Order:
    """Paid: the order is fulfilled and invoiced, once, however often this is told. Declined:
    another attempt may follow; a renewal is past due and is tried again on certain days, and given
    up after the last. Unknown: nothing changes."""
    with transaction.atomic():
        people.lock_workspace(queries.payment(payment).order.workspace_id)
        found = queries.payment(payment)
        order = queries.get(found.order_id)
        if found.outcome is not None or outcome is Outcome.UNKNOWN:
            return order
        orders.settle_payment(found, outcome, reason, at)
        if outcome is Outcome.SUCCEEDED:
            _fulfilling.fulfil(order, at)
            _issuing.for_order(PaidOrder(order, order.total_minor), at)
        elif order.kind == "renew":
            _fail(order, at)
        return order


def _fail(order: Order, at: datetime) -> None:
    found = order.subscription
    assert found is not None, "a renewal has its subscription"
    found.failures += 1
    found.failed_at = found.failed_at or at
    found.attempt_at = life.next_attempt(found.failed_at, found.failures)
    _fulfilling.step(found, Event.RENEWAL_FAILED)
    subscriptions.save(found)
    if found.attempt_at is None or found.is_ending:
        orders.advance(order, OrderEvent.GIVEN_UP, at)
        _fulfilling.end(found, Event.GIVEN_UP, at)
