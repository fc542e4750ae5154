"""What came of an attempt to have an order paid."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles import subscriptions as life
from quartermaster.core.lifecycles.orders import OPEN, STEPS, Outcome, State
from quartermaster.core.lifecycles.orders import Event as OrderEvent
from quartermaster.core.lifecycles.subscriptions import Event
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import BY_ITSELF, Told
from quartermaster.store.people import operations as people
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.usecases.orders import _paying, _recharging, _telling, _ways
from quartermaster.usecases.orders.methods import _saving
from quartermaster.usecases.ports.gateways import Decline, PaymentAnswer
from quartermaster.usecases.subscriptions import _fulfilling
from quartermaster.usecases.subscriptions import _telling as _renewals


def settle_payment(payment: int, answer: PaymentAnswer, at: datetime, by: str = BY_ITSELF) -> Order:
    """Paid: the order is fulfilled, once, however often this is told. Declined: another attempt may
    follow; a renewal that was tried by itself is past due and is tried again on certain days, and
    given up after the last; credit that is bought by itself is given up at once, and auto-recharge
    with the last decline in a row. Unknown: nothing changes. Paid after it was declined, which a
    provider may say where it was canceled too late: the same as paid, if nothing else has paid. An
    attempt that took money when something else had is noted as declined, so that it holds up
    nothing: the comparison with the provider's books shows what was taken twice."""
    with transaction.atomic():
        people.lock_workspace(queries.workspace_of(queries.order_of(payment)))
        found = queries.payment(payment)
        order = queries.get(found.order_id)
        if answer.outcome is Outcome.UNKNOWN or not _is_news(found, order, answer):
            return order
        answer = answer if _can_be_paid(order) else _taken_twice(answer)
        told = Told(answer.outcome, answer.reason, answer.code, answer.reference)
        orders.settle_payment(found, told, at)
        if answer.outcome is not Outcome.SUCCEEDED:
            _decline(order, found, at, by)
            return order
        if answer.method is not None and found.is_saved:
            _saving.save(found, answer.method, at)
        _paying.paid(order, found, at, by)
        return order


def _is_news(payment: Payment, order: Order, answer: PaymentAnswer) -> bool:
    if payment.outcome != Outcome.DECLINED:
        return payment.outcome is None
    return answer.outcome is Outcome.SUCCEEDED and _can_be_paid(order)


def _can_be_paid(order: Order) -> bool:
    return (State(order.state), OrderEvent.PAID) in STEPS


def _taken_twice(answer: PaymentAnswer) -> PaymentAnswer:
    """A decline stays as it is."""
    if answer.outcome is not Outcome.SUCCEEDED:
        return answer
    words = "the order was paid in another way: what was taken is to be given back at the provider"
    return replace(answer, outcome=Outcome.DECLINED, reason=words, code="")


def _decline(order: Order, payment: Payment, at: datetime, by: str) -> None:
    if order.state not in OPEN:
        return
    orders.advance(order, OrderEvent.DECLINED, at, by)
    if order.kind == "renew":
        if not _is_a_persons(payment):
            _fail(order, payment, at)
    elif order.kind == "recharge":
        orders.advance(order, OrderEvent.GIVEN_UP, at)
        _telling.recharge_failed(payment, order, at)
        _recharging.give_up(order.bot, at)


def _is_a_persons(payment: Payment) -> bool:
    """Whoever turns back, or chooses another way, does not make anybody past due."""
    return _ways.is_on_page(payment) or payment.code == Decline.CANCELED


def _fail(order: Order, payment: Payment, at: datetime) -> None:
    found = order.subscription
    assert found is not None, "a renewal has its subscription"
    found.failures += 1
    found.failed_at = found.failed_at or at
    found.attempt_at = life.next_attempt(found.failed_at, found.failures)
    _fulfilling.step(found, Event.RENEWAL_FAILED)
    subscriptions.save(found)
    _renewals.renewal_failed(payment, order, found, at)
    if found.attempt_at is None or found.is_ending:
        orders.advance(order, OrderEvent.GIVEN_UP, at)
        _fulfilling.end(found, Event.GIVEN_UP, at)
        if not found.is_ending:
            _renewals.canceled(found, at, at)
