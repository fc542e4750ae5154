"""What of a payment can go back, and what that takes with it.

In the caller's transaction and under the workspace's lock.
"""

import uuid
from datetime import datetime
from typing import Final

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.core.invoices import documents
from quartermaster.core.ledger import postings
from quartermaster.core.ledger.transfers import Transfer
from quartermaster.core.lifecycles.orders import Event, Outcome, State
from quartermaster.store.ledger import operations as ledger
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment, Refund
from quartermaster.store.orders.operations import Told
from quartermaster.store.wallets import operations as wallets
from quartermaster.usecases.orders import _paying, _telling
from quartermaster.usecases.orders.refunds import _crediting
from quartermaster.usecases.ports.gateways import PaymentAnswer

_KEYS: Final = uuid.UUID("3a9d2c58-0e44-4c1d-8b62-6c7a51f0d9e4")


class AmountCannotBeSplit(Refusal):
    """No amount comes to this one with its tax."""

    code = "amount_cannot_be_split"
    kind = "invalid"


def left_minor(payment: Payment, order: Order) -> int:
    """The most that can go back, with tax: what was not paid back, of credit what is not spent, and
    of terms what was not credited by a later change."""
    gone = sum(one.amount_minor for one in _standing(payment))
    if order.state != State.FULFILLED:
        return payment.amount_minor - gone
    if order.lot is not None:
        kept = order.lot.remaining_micro // _paying.micro(1, order.currency)
    else:
        kept = queries.left_of(order.id)
    net = min(kept + sum(map(_net, _standing(payment))), order.total_minor)
    return max(0, net + documents.tax_of(net, order.taxed_with) - gone)


def unnoted_minor(payment: Payment, told: PaymentAnswer | None) -> int:
    """The most that can have gone back by ways of others: what was not paid back, and of that only
    what the provider tells, if it was asked. What is disputed still may yet be won."""
    went = payment.amount_minor
    if told is not None:
        went = min(went, told.refunded_minor + told.lost_minor)
    return max(0, went - sum(one.amount_minor for one in _standing(payment)))


def tax_of(payment: Payment, order: Order, amount_minor: int) -> int:
    """How much of what goes back is tax, as its credit note will say: all that has gone back by
    then has the tax of its sum. What is owed for an order that was never given was not taxed.
    AmountCannotBeSplit."""
    if order.state != State.FULFILLED:
        return 0
    before = _standing(payment)
    gone = sum(one.amount_minor for one in before) + amount_minor
    net = documents.net_of(gone, order.taxed_with)
    if net is None:
        near = [money.shown_minor(amount_minor + by, order.currency) for by in (-1, 1)]
        words = f"with its tax it is one of {near[0]} or {near[1]}"
        raise AmountCannotBeSplit(words, field="amount")
    return amount_minor - (net - sum(map(_net, before)))


def _net(refund: Refund) -> int:
    return refund.amount_minor - refund.tax_minor


def begin(refund: Refund, order: Order, at: datetime) -> None:
    """Credit that goes back cannot be spent meanwhile, nor can what was paid for terms be credited
    by a change. What of the credit was spent before it turned out to be back is debt."""
    if order.state != State.FULFILLED:
        return
    net_minor = refund.amount_minor - refund.tax_minor
    if order.lot is None:
        orders.note_refunded(order, net_minor)
    else:
        net = _paying.micro(net_minor, order.currency)
        there = min(net, order.lot.remaining_micro)
        wallets.take_back(order.lot, there)
        back = postings.funds_taken_back(there, order.bot_id, order.lot.id)
        _post(refund, order, "credit", back, at)
        wallets.owe(order.lot, net - there, at)
        owed = postings.funds_taken_back(net - there, order.bot_id, None)
        _post(refund, order, "debt", owed, at)


def settle(refund: Refund, order: Order, told: Told, at: datetime, by: str) -> None:
    """The money went back, or what was held for it is the customer's again."""
    orders.settle_refund(refund, told, at)
    if told.outcome is Outcome.SUCCEEDED:
        _went(refund, order, at, by)
    elif order.state == State.FULFILLED:
        _stays(refund, order, at)


def _stays(refund: Refund, order: Order, at: datetime) -> None:
    net_minor = refund.amount_minor - refund.tax_minor
    if order.lot is None:
        orders.note_kept(order, net_minor)
    else:
        net = _paying.micro(net_minor, order.currency)
        wallets.put_back(order.lot, net)
        kept = postings.funds_kept(net, order.bot_id, order.lot.id)
        _post(refund, order, "kept", kept, at)


def _went(refund: Refund, order: Order, at: datetime, by: str) -> None:
    net_minor = refund.amount_minor - refund.tax_minor
    net, tax = (_paying.micro(one, order.currency) for one in (net_minor, refund.tax_minor))
    note = None
    if order.state == State.FULFILLED and order.lot is None:
        _post(refund, order, "taken back", postings.order_taken_back(net), at)
    if order.state == State.FULFILLED:
        _post(refund, order, "tax", postings.tax_returned(tax), at)
        note = _crediting.credit(refund, order, at)
    _post(refund, order, "refund", postings.payment_refunded(net + tax), at)
    if note is None:
        _telling.refunded(refund, order, at)
    gone = sum(one.amount_minor for one in _standing(refund.payment) if one.outcome)
    if gone == refund.payment.amount_minor:
        orders.advance(order, Event.REFUNDED, at, by)


def _standing(payment: Payment) -> list[Refund]:
    """Those that were not declined."""
    found = queries.refunds_of(payment.id)
    return [one for one in found if one.outcome != Outcome.DECLINED]


def _post(refund: Refund, order: Order, what: str, transfer: Transfer, at: datetime) -> None:
    if not transfer.amount_micro:  # no more than a part of the tax
        return
    key = uuid.uuid5(_KEYS, f"{refund.public_id} {what}")
    ledger.post(order.workspace_id, [transfer], [key], at)
