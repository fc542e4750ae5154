"""A buyer is sent to the provider's page to pay an order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartermaster.core.formats import web_addresses
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import Way
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.orders.payments import _leaving
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import Decline, Gateways, PageRefused, PaymentAnswer


@dataclass(frozen=True, slots=True)
class Visit:
    """How the buyer wants to pay, whether it is kept for later, and where they go afterwards."""

    kind: MethodKind
    return_url: str
    is_saved: bool = False


def open_page(
    gateways: Gateways, order: Order, visit: Visit, now: Callable[[], datetime]
) -> Payment:
    """The attempt, with the page's `url`; asked again, the same. Another attempt that waits is
    withdrawn first, so that nobody pays twice. OrderSettled, also where the other attempt turns out
    to have been paid; PaymentInFlight where that is not known yet; MethodNotTaken, BadAddress,
    OrderTooOld, Unavailable. PageRefused: this attempt has failed, and holds up no other."""
    gateway = _ways.taker(gateways, visit.kind)
    back = web_addresses.checked(visit.return_url, "return_url")
    way = Way(visit.kind, gateway.name, None, visit.is_saved, back)
    _leaving.require_unpaid(_leaving.leave(gateways, order.id, now, way))
    payment = begin_payment(order.id, way, now())
    if payment.url:
        return payment
    try:
        page = gateway.open(_ways.request(payment), _ways.page(payment))
    except PageRefused as no:
        settle_payment(
            payment.id, PaymentAnswer(Outcome.DECLINED, str(no), Decline.DECLINED), now()
        )
        raise
    with transaction.atomic():
        people.lock_workspace(order.workspace_id)
        orders.note_page(payment, page.reference, page.url)
    return payment
