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
from quartermaster.store.orders.models import Payment, Refund
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.refunds import _refunding
from quartermaster.usecases.orders.refunds.complete_refund import complete_refund
from quartermaster.usecases.ports.gateways import Gateways


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
    """So much of a payment, with tax, in the currency's minor unit; why, and who says so."""

    payment: Payment
    amount_minor: int
    reason: str
    by: str


def refund_payment(
    gateways: Gateways, back: Back, idempotency_key: uuid.UUID, now: Callable[[], datetime]
) -> Refund:
    """Notes the refund, asks the provider, notes the answer; cut off, the job asks again with the
    same key. What came by wire or by hand the operator sends back by ways of their own. Credit that
    was bought with it leaves the wallet at once; a subscription goes on. The same key is the same
    refund (KeyReused). NothingToRefund, RefundInFlight."""
    refund = _begin(back, idempotency_key, now())
    return complete_refund(gateways, refund, now)


def _begin(back: Back, key: uuid.UUID, at: datetime) -> Refund:
    with transaction.atomic():
        people.lock_workspace(back.payment.order.workspace_id)
        made = queries.find_refund(key)
        if made is not None:
            return _same(made, back)
        payment = queries.payment(back.payment.id)
        order = queries.get(payment.order_id)
        if any(one.outcome is None for one in queries.refunds_of(payment.id)):
            raise RefundInFlight(field="payment")
        left = _refunding.left_minor(payment, order) if payment.outcome == Outcome.SUCCEEDED else 0
        if not 0 < back.amount_minor <= left:
            most = money.shown_minor(left, order.currency)
            raise NothingToRefund(f"at most {most} can go back", field="amount")
        new = Refund(
            amount_minor=back.amount_minor,
            tax_minor=_refunding.tax_of(payment, order, back.amount_minor),
            reason=back.reason,
            by=back.by,
            idempotency_key=key,
            begun_at=at,
        )
        refund = orders.begin_refund(payment, new)
        _refunding.begin(refund, order, at)
        return refund


def _same(made: Refund, back: Back) -> Refund:
    if (made.payment_id, made.amount_minor) != (back.payment.id, back.amount_minor):
        raise KeyReused("this key was used for another refund", field="key")
    return made
