"""A person says which order an entry is for."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles import wires
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.wires import operations, queries
from quartermaster.store.orders.wires.models import BankEntry, EntryState
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders import _telling
from quartermaster.usecases.orders.wires import _paying


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


def match_bank_entry(entry: int, order: int, by: str, at: datetime) -> BankEntry:
    """Counts it towards the order, which is paid once enough has come; what is too much, and all
    that comes for an order that is settled, waits for `settle_bank_entry`. The same again is the
    same. EntryMatched, MoneyWentOut, WrongCurrency, PaymentInFlight."""
    with transaction.atomic():
        found = orders.get(order)
        people.lock_workspace(found.workspace_id)
        row = operations.lock(entry)
        if row.order_id == order:
            return row
        if row.state != EntryState.UNMATCHED:
            raise EntryMatched(field="entry")
        if row.amount_minor < 0:
            raise MoneyWentOut(field="entry")
        if row.currency != found.currency:
            words = f"{row.currency} came, and the order is in {found.currency}"
            raise WrongCurrency(words, field="order")
        known = queries.wire_orders({found.public_id})[found.public_id]
        counted = wires.count(known, row.amount_minor)
        operations.match(row, found, counted.rest_minor, by, at)
        if counted.pays:
            _paying.pay_by_wire(orders.get(order), row, at, by)
        _telling.wire_received(row, orders.get(order), at)
        return row
