"""A person says which order an entry is for."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles import wires
from quartermaster.core.lifecycles.wires import Counted
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.wires import operations, queries
from quartermaster.store.orders.wires.models import BankEntry, EntryState
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders import _telling
from quartermaster.usecases.orders.payments import _leaving
from quartermaster.usecases.orders.wires import _paying
from quartermaster.usecases.ports.gateways import Gateways


class EntryMatched(Refusal):
    """It was matched, or decided on, already."""

    code = "entry_matched"
    kind = "conflict"


class MoneyWentOut(Refusal):
    """This is money that went out: it pays nothing."""

    code = "money_went_out"
    kind = "refused"


class WrongCurrency(Refusal):
    """The order is in another currency."""

    code = "wrong_currency"
    kind = "refused"


def match_bank_entry(
    gateways: Gateways, entry: int, order: int, by: str, now: Callable[[], datetime]
) -> BankEntry:
    """Counts it towards the order, which is paid once enough has come; a page that is open for it
    is withdrawn before. What is too much, and all that comes for an order that is settled, waits
    for `settle_bank_entry`. The same again is the same. EntryMatched, MoneyWentOut, WrongCurrency,
    PaymentInFlight, Unavailable."""
    if _count(BankEntry.objects.get(id=entry), orders.get(order)).pays:
        _leaving.leave(gateways, order, now)
    with transaction.atomic():
        found = orders.get(order)
        people.lock_workspace(found.workspace_id)
        row = operations.lock(entry)
        counted = _count(row, found)
        if row.order_id == order:
            return row
        at = now()
        operations.match(row, found, counted.rest_minor, by, at)
        if counted.pays:
            _paying.pay_by_wire(orders.get(order), row, at, by)
        _telling.wire_received(row, orders.get(order), at)
        return row


def _count(row: BankEntry, order: Order) -> Counted:
    """What it does for the order, if it is not counted already."""
    if row.order_id == order.id:
        return Counted(row.rest_minor, pays=False)
    if row.state != EntryState.UNMATCHED:
        raise EntryMatched(field="entry")
    if row.amount_minor < 0:
        raise MoneyWentOut(field="entry")
    if row.currency != order.currency:
        words = f"{row.currency} came, and the order is in {order.currency}"
        raise WrongCurrency(words, field="order")
    known = queries.wire_orders({order.public_id})[order.public_id]
    return wires.count(known, row.amount_minor)
