"""The operator says what came of a payment that reached them by ways of its own."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import BY_HAND, BY_ITSELF
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.payments import _leaving
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer


def report_payment(
    gateways: Gateways,
    order: int,
    answer: PaymentAnswer,
    now: Callable[[], datetime],
    by: str = BY_ITSELF,
) -> Order:
    """Settles the attempt that waits for the operator, or one that is noted now. A page that is
    open is withdrawn before the order is paid. The same said again is said once: with nothing that
    waits, it is what came of the last attempt. OrderSettled where nothing can come of it any more,
    also where the page turns out to have been paid; PaymentInFlight while a provider is asked;
    Unavailable."""
    if answer.outcome is Outcome.SUCCEEDED:
        _leaving.require_unpaid(_leaving.leave(gateways, order, now))
    with transaction.atomic():
        found = queries.get(order)
        people.lock_workspace(found.workspace_id)
        told = [payment.outcome for payment in queries.payments_of(order)]
        if told and told[-1] == answer.outcome:
            return queries.get(order)
        at = now()
        payment = begin_payment(order, BY_HAND, at)
        return settle_payment(payment.id, answer, at, by)
