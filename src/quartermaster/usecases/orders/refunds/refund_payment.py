"""The operator gives money back."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment, Refund
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.refunds import _refunding
from quartermaster.usecases.orders.refunds.complete_refund import complete_refund
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer, Unavailable


class NothingToRefund(Refusal):
    """What was not paid does not go back, nor what has gone back, was spent, or was credited."""

    code = "nothing_to_refund"
    kind = "refused"


class RefundInFlight(Refusal):
    """Another refund of this payment is on its way."""

    code = "refund_in_flight"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Back:
    """So much of a payment, with tax, in the currency's minor unit; why, and who says so. Outside:
    it went back already, by ways of others."""

    payment: Payment
    amount_minor: int
    reason: str
    by: str
    is_outside: bool = False


def refund_payment(
    gateways: Gateways, back: Back, idempotency_key: uuid.UUID, now: Callable[[], datetime]
) -> Refund:
    """Notes the refund, asks the provider, notes the answer; cut off, the job asks again with the
    same key. What came by wire or by hand the operator sends back by ways of their own. Credit that
    was bought with it leaves the wallet at once; a subscription goes on. What went back outside is
    only noted: as far as the provider agrees, and of credit what was spent too, as debt of the
    wallet. The same key is the same refund (KeyReused). NothingToRefund, RefundInFlight;
    Unavailable where the provider cannot be asked what went back."""
    is_new = queries.find_refund(idempotency_key) is None
    told = _look_up(gateways, back.payment) if back.is_outside and is_new else None
    refund = _begin(back, told, idempotency_key, now())
    return complete_refund(gateways, refund, now)


def _look_up(gateways: Gateways, payment: Payment) -> PaymentAnswer | None:
    """None where nobody knows better than the operator."""
    gateway = gateways.names.get(payment.provider)
    if gateway is None or payment.outcome != Outcome.SUCCEEDED:
        return None
    answer = gateway.look_up(payment.reference)
    if answer.outcome is not Outcome.SUCCEEDED:
        raise Unavailable
    return answer


def _begin(back: Back, told: PaymentAnswer | None, key: uuid.UUID, at: datetime) -> Refund:
    with transaction.atomic():
        people.lock_workspace(back.payment.order.workspace_id)
        made = queries.find_refund(key)
        if made is not None:
            return _same(made, back)
        payment = queries.payment(back.payment.id)
        order = queries.get(payment.order_id)
        if any(one.outcome is None for one in queries.refunds_of(payment.id)):
            raise RefundInFlight(field="payment")
        if told is not None:
            orders.note_dispute(payment, told.disputed_minor, told.lost_minor, at)
        _check(back, payment, order, told)
        new = Refund(
            amount_minor=back.amount_minor,
            tax_minor=_refunding.tax_of(payment, order, back.amount_minor),
            is_outside=back.is_outside,
            reason=back.reason,
            by=back.by,
            idempotency_key=key,
            begun_at=at,
        )
        refund = orders.begin_refund(payment, new)
        _refunding.begin(refund, order, at)
        return refund


def _check(back: Back, payment: Payment, order: Order, told: PaymentAnswer | None) -> None:
    if payment.outcome != Outcome.SUCCEEDED:
        left = 0
    elif back.is_outside:
        left = _refunding.unnoted_minor(payment, told)
    else:
        left = _refunding.left_minor(payment, order)
    if not 0 < back.amount_minor <= left:
        most = money.shown_minor(left, order.currency)
        words = f"{payment.provider or 'what was paid'} says that {most} more went back"
        raise NothingToRefund(
            words if back.is_outside and told else f"at most {most} can go back", field="amount"
        )
    crediting = queries.credited_by(order.id) if back.is_outside else None
    if crediting is not None:
        words = f"{crediting.public_id} waits to be paid, and credits it: cancel that first"
        raise NothingToRefund(words, field="order")


def _same(made: Refund, back: Back) -> Refund:
    before = (made.payment_id, made.amount_minor, made.is_outside)
    if before != (back.payment.id, back.amount_minor, back.is_outside):
        raise KeyReused("this key was used for another refund", field="key")
    return made
