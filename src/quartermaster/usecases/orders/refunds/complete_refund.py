"""Asks the outside what came of a refund, and notes the answer."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Refund
from quartermaster.store.orders.operations import Told
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.refunds import _refunding
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer, RefundRequest


def complete_refund(gateways: Gateways, refund: Refund, now: Callable[[], datetime]) -> Refund:
    """The refund after the answer; unknown, nothing changes. Once, however often it is asked."""
    found = queries.get_refund(refund.id)
    if found.outcome is not None:
        return found
    return _settle(found, _ask(gateways, found), now())


def _ask(gateways: Gateways, refund: Refund) -> PaymentAnswer:
    payment = refund.payment
    if refund.is_outside or not payment.provider:
        return PaymentAnswer(Outcome.SUCCEEDED)
    gateway = gateways.names.get(payment.provider)
    if gateway is None:
        return PaymentAnswer(Outcome.UNKNOWN)
    currency = payment.order.currency
    return gateway.refund(
        RefundRequest(
            refund.public_id, payment.reference, refund.amount_minor, currency, refund.reason
        )
    )


def _settle(refund: Refund, answer: PaymentAnswer, at: datetime) -> Refund:
    with transaction.atomic():
        people.lock_workspace(refund.payment.order.workspace_id)
        found = queries.get_refund(refund.id)
        if found.outcome is None and answer.outcome is not Outcome.UNKNOWN:
            told = Told(answer.outcome, answer.reason, answer.code, answer.reference)
            order = queries.get(found.payment.order_id)
            _refunding.settle(found, order, told, at, found.by)
        return found
