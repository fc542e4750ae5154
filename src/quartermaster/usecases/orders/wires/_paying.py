"""The one place where a bank entry pays an order.

In the caller's transaction and under the workspace's lock.
"""

import uuid
from datetime import datetime

from quartermaster.core import money
from quartermaster.core.invoices import documents
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import NewFunds, Way
from quartermaster.store.orders.wires.models import BankEntry
from quartermaster.store.people.models import Bot
from quartermaster.usecases.orders import _telling
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.orders.refunds._refunding import AmountCannotBeSplit
from quartermaster.usecases.ports.gateways import PaymentAnswer


def pay_by_wire(order: Order, entry: BankEntry, at: datetime, by: str) -> Order:
    """The order is paid by this entry, and fulfilled. PaymentInFlight: it may be paid otherwise at
    this moment, so the entry waits until that is known. OrderSettled, OrderTooOld."""
    payment = begin_payment(order.id, Way(MethodKind.WIRE), at)
    answer = PaymentAnswer(Outcome.SUCCEEDED, reference=entry.public_id)
    return settle_payment(payment.id, answer, at, by)


def credit_by_wire(bot: Bot, amount_minor: int, entry: BankEntry, at: datetime, by: str) -> Order:
    """So much of an entry becomes credit and the tax on it: an order of credit, whatever its
    amount, which the entry has paid. So it stands in the books, and on an invoice, like any other.
    AmountCannotBeSplit."""
    key = uuid.uuid5(uuid.NAMESPACE_OID, f"wire {entry.public_id}")
    tax, _ = orders.tax_on(bot.workspace, 0)
    net_minor = documents.net_of(amount_minor, tax)
    if not net_minor:
        shown = money.shown_minor(amount_minor, bot.workspace.currency)
        words = f"no credit comes to {shown} with its tax"
        raise AmountCannotBeSplit(words, field="entry")
    order = orders.add_funds(NewFunds("funds", bot, net_minor, key, by), at)
    paid = pay_by_wire(order, entry, at, by)
    _telling.wire_received(entry, paid, at)
    return paid
