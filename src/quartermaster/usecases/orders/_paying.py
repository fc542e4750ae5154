"""The money for an order is there: it enters the books, and what was ordered is given.

In the caller's transaction and under the workspace's lock.
"""

import uuid
from datetime import datetime
from typing import Final

from quartermaster.core import money
from quartermaster.core.ledger import postings
from quartermaster.core.ledger.transfers import Transfer
from quartermaster.core.lifecycles.orders import FUNDS_KINDS, PAYABLE, Event
from quartermaster.core.lifecycles.subscriptions import State
from quartermaster.store.ledger import operations as ledger
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import BY_ITSELF
from quartermaster.store.wallets import operations as wallets
from quartermaster.store.wallets import queries as balances
from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits import _lapsing
from quartermaster.usecases.orders import _telling
from quartermaster.usecases.orders.invoices import _issuing
from quartermaster.usecases.orders.invoices._issuing import PaidOrder
from quartermaster.usecases.subscriptions import _fulfilling

_KEYS: Final = uuid.UUID("f2b1a6d4-7c0e-4b8a-9a35-1d7f0c52e9b3")


def paid(order: Order, payment: Payment, at: datetime, by: str = BY_ITSELF) -> None:
    """Fulfils the order, unless what was ordered can be given no longer: then it stays paid, and a
    person decides."""
    was_payable = order.state in PAYABLE
    orders.advance(order, Event.PAID, at, by)
    amount_micro = micro(payment.amount_minor, order.currency)
    key = uuid.uuid5(_KEYS, payment.public_id)
    ledger.post(order.workspace_id, [postings.payment_settled(amount_micro)], [key], at)
    if was_payable and not hindrance(order, at):
        give(order, at)
    else:
        orders.void(order)


def micro(amount_minor: int, currency: str) -> int:
    """What is paid with, as the books have it."""
    return money.to_micro(money.from_minor(amount_minor, currency))


def hindrance(order: Order, at: datetime) -> str:
    """Why what was paid for can be given no longer, "" where it can. Terms that were reckoned from
    others are given only while these hold, and a change only before the end of the cycle that it is
    for: given later, it would be renewed at once."""
    has = order.subscription
    if has is not None and has.state == State.CANCELED:
        is_anew = order.kind == "subscribe"
        return "" if is_anew else f"{has.public_id}, which it was to change or renew, has ended"
    if order.kind == "modify" and order.bought.cycle.end <= at:
        return "the cycle that it was to change is over"
    if has is not None and has.revision != order.revision:
        return f"{has.public_id} has changed since it was ordered"
    return ""


def give(order: Order, at: datetime, by: str = BY_ITSELF) -> None:
    """What was ordered, with its invoice."""
    net_micro = micro(order.total_minor, order.currency)
    tax_micro = micro(order.tax_minor, order.currency)
    if order.kind in FUNDS_KINDS:
        _load(order, net_micro, at)
        orders.advance(order, Event.FULFILLED, at, by)
    else:
        _fulfilling.fulfil(order, at, by)
        _post(order, "given", postings.order_fulfilled(net_micro), at)
    if tax_micro:
        _post(order, "tax", postings.tax_charged(tax_micro), at)
    invoice = _issuing.for_order(PaidOrder(order, order.due_minor, order.taxed_with), at)
    if invoice is not None:
        _telling.invoiced(invoice, order, at)


def _load(order: Order, amount_micro: int, at: datetime) -> None:
    """Credit enters the bot's wallet; what has expired settles no debt."""
    _lapsing.lapse_due(order.workspace_id, at)
    key = uuid.uuid5(_KEYS, order.public_id)
    grant = Grant(
        order.workspace_id, amount_micro, key, order.bot_id, price_paid_minor=order.total_minor
    )
    before_micro = _paid_micro(order, at)
    lot = wallets.add_lot(grant, at)
    orders.give(order, lot)
    _post(order, "funds", postings.funds_ordered(amount_micro, order.bot_id, lot.id), at)
    _telling.purchased(order, before_micro, _paid_micro(order, at), at)


def _paid_micro(order: Order, at: datetime) -> int:
    """The paid credit of the order's bot."""
    return balances.standings([order.bot_id], at)[0].paid_micro


def _post(order: Order, what: str, transfer: Transfer, at: datetime) -> None:
    key = uuid.uuid5(_KEYS, f"{order.public_id} {what}")
    ledger.post(order.workspace_id, [transfer], [key], at)
