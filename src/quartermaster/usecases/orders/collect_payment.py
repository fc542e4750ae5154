"""Has an order paid: notes the attempt, asks the outside, notes the answer.

Each of the three is done before the next begins. Wherever it is cut off, calling it again goes on:
an attempt whose outcome is not known is asked for again with its own key.
"""

from collections.abc import Callable
from datetime import datetime

from quartermaster.store.orders.models import Order
from quartermaster.usecases.orders.begin_payment import begin_payment
from quartermaster.usecases.orders.complete_payment import complete_payment
from quartermaster.usecases.ports.gateways import PlainGateway


def collect_payment(gateway: PlainGateway, order: Order, now: Callable[[], datetime]) -> Order:
    """The order as it is after the attempt. OrderSettled where there is nothing to be paid."""
    return complete_payment(gateway, begin_payment(order.id, now()), now)
