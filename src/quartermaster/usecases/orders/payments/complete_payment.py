"""Asks the outside what came of an attempt to have an order paid, and notes the answer."""

from collections.abc import Callable
from datetime import datetime

from quartermaster.core.lifecycles.orders import STANDS
from quartermaster.store.orders.models import Order, Payment
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.orders.payments.withdraw_payment import withdraw_payment
from quartermaster.usecases.ports.gateways import Gateways


def complete_payment(gateways: Gateways, payment: Payment, now: Callable[[], datetime]) -> Order:
    """The order after the answer. The attempt's own key is what is asked with, so that asking again
    pays once; no transaction is open meanwhile. A page stands for a day: what nobody has paid on it
    by then is withdrawn, and holds up nothing any longer."""
    if _ways.is_on_page(payment) and payment.begun_at + STANDS < now():
        return withdraw_payment(gateways, payment, now)
    return settle_payment(payment.id, _ways.ask(gateways, payment), now())
