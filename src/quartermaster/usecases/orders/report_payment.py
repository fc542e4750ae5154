"""The operator says what came of a payment that reached them by ways of its own."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.begin_payment import begin_payment
from quartermaster.usecases.orders.settle_payment import settle_payment


def report_payment(order: int, outcome: Outcome, reason: str, at: datetime) -> Order:
    """Settles the attempt that waits, or one that is noted now. The same said again is said once:
    with nothing that waits, it is what came of the last attempt. OrderSettled where nothing can
    come of it any more."""
    with transaction.atomic():
        found = queries.get(order)
        people.lock_workspace(found.workspace_id)
        told = [payment.outcome for payment in queries.payments_of(order)]
        if told and told[-1] == outcome:
            return queries.get(order)
        payment = begin_payment(order, at)
        return settle_payment(payment.id, outcome, reason, at)
