"""An attempt to pay is given up, so that another may be made."""

from collections.abc import Callable
from datetime import datetime

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders.models import Order, Payment
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import Decline, Gateways, PageRequest, PaymentAnswer


def withdraw_payment(gateways: Gateways, payment: Payment, now: Callable[[], datetime]) -> Order:
    """Nobody can pay it from now on; where that comes too late, it is paid. What is not paid on a
    page cannot be withdrawn, and is asked for once more; its outcome may stay unknown."""
    return settle_payment(payment.id, _withdrawn(gateways, payment), now())


def _withdrawn(gateways: Gateways, payment: Payment) -> PaymentAnswer:
    gateway = gateways.names.get(payment.provider)
    if payment.kind == MethodKind.BY_HAND and gateways.otherwise is None:
        return PaymentAnswer(Outcome.DECLINED, "another way was chosen", Decline.CANCELED)
    if gateway is None or payment.method is not None:
        return _ways.ask(gateways, payment)
    reference = payment.reference
    if not reference:  # cut off while the page was opened: the same key tells which one it is
        page = PageRequest(MethodKind(payment.kind), payment.return_url, payment.is_saved)
        reference = gateway.open(_ways.request(payment), page).reference
    return gateway.cancel(reference)
