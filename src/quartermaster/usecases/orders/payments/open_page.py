"""A buyer is sent to the provider's page to pay an order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.store.billing import queries as billing
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import Way
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.withdraw_payment import withdraw_payment
from quartermaster.usecases.ports.gateways import Gateways, PageRequest


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
    to have been paid; MethodNotTaken, OrderTooOld, Unavailable."""
    gateway = _ways.taker(gateways, visit.kind)
    waiting = queries.find_in_flight(order.id)
    if waiting is not None and not _is_same(waiting, visit, gateway.name):
        withdraw_payment(gateways, waiting, now)
    way = Way(visit.kind, gateway.name, None, visit.is_saved, visit.return_url)
    payment = begin_payment(order.id, way, now())
    if payment.url:
        return payment
    page = gateway.open(_ways.request(payment), _page(payment))
    with transaction.atomic():
        people.lock_workspace(order.workspace_id)
        orders.note_page(payment, page.reference, page.url)
    return payment


def _is_same(waiting: Payment, visit: Visit, provider: str) -> bool:
    there = (waiting.kind, waiting.provider, waiting.is_saved, waiting.return_url)
    return there == (visit.kind, provider, visit.is_saved, visit.return_url)


def _page(payment: Payment) -> PageRequest:
    payer = billing.payer(payment.order.workspace_id, payment.provider)
    kind = MethodKind(payment.kind)
    return PageRequest(kind, payment.return_url, payment.is_saved, payer)
