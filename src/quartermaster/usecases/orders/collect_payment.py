"""Has an order paid: notes the attempt, asks the outside, records the answer.

Each of the three is done before the next begins, and no transaction is open while the outside is
asked. Wherever it is cut off, calling it again goes on: an attempt whose outcome is not known is
asked for again with its own key.
"""

from collections.abc import Callable
from datetime import datetime

from quartermaster.store.orders.models import Order
from quartermaster.usecases.orders.begin_payment import begin_payment
from quartermaster.usecases.orders.settle_payment import settle_payment
from quartermaster.usecases.ports import Gateway, PaymentRequest


def collect_payment(gateway: Gateway, order: Order, now: Callable[[], datetime]) -> Order:
    """The order as it is after the attempt. OrderSettled where there is nothing to be paid."""
    payment = begin_payment(order.id, now())
    due = (order.workspace_id, order.total_minor, order.currency)
    told = gateway.charge(PaymentRequest(payment.public_id, order.public_id, *due))
    return settle_payment(payment.id, told.outcome, told.reason, now())
