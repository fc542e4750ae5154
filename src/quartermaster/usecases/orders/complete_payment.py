"""Asks the outside what came of an attempt to have an order paid, and notes the answer."""

from collections.abc import Callable
from datetime import datetime

from quartermaster.store.orders.models import Order, Payment
from quartermaster.usecases.orders.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import PaymentRequest, PlainGateway


def complete_payment(gateway: PlainGateway, payment: Payment, now: Callable[[], datetime]) -> Order:
    """The order after the answer. The attempt's own key is what is asked with, so that asking again
    pays once; no transaction is open meanwhile."""
    order = payment.order
    due = (order.workspace.public_id, order.total_minor, order.currency)
    told = gateway.charge(PaymentRequest(payment.public_id, order.public_id, *due))
    return settle_payment(payment.id, told.outcome, told.reason, now())
