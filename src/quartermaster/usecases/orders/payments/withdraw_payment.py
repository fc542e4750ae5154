"""An attempt to pay is given up, so that another may be made."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders.models import Order, Payment
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import Decline, Gateways, PageRefused, PaymentAnswer

_CANCELED: Final = PaymentAnswer(Outcome.DECLINED, "another way was chosen", Decline.CANCELED)


def withdraw_payment(gateways: Gateways, payment: Payment, now: Callable[[], datetime]) -> Order:
    """Nobody can pay it from now on; where that comes too late, it is paid. A saved way to pay that
    is being charged is asked for once more, and its outcome may stay unknown. What waits for the
    operator waits no longer: if it comes after all, that is told like any other money."""
    return settle_payment(payment.id, _withdrawn(gateways, payment), now())


def _withdrawn(gateways: Gateways, payment: Payment) -> PaymentAnswer:
    gateway = gateways.names.get(payment.provider)
    if not payment.provider:
        answer = _ways.ask(gateways, payment)
        is_paid = answer.outcome is Outcome.SUCCEEDED
        return answer if is_paid else _CANCELED
    if gateway is None or not _ways.is_on_page(payment):
        return _ways.ask(gateways, payment)
    reference = payment.reference
    if not reference:  # cut off while the page was opened: the same key tells which one it is
        try:
            reference = gateway.open(_ways.request(payment), _ways.page(payment)).reference
        except PageRefused:
            return _CANCELED
    return gateway.cancel(reference)
