"""Entries that leave nothing open pay their orders by themselves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles import wires
from quartermaster.core.lifecycles.wires import Match, Verdict
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.wires import operations, queries
from quartermaster.store.orders.wires.models import BankEntry, EntryState
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders import _telling
from quartermaster.usecases.orders.payments import _leaving
from quartermaster.usecases.orders.wires import _paying
from quartermaster.usecases.ports import Clock
from quartermaster.usecases.ports.gateways import Gateways

BY_REFERENCE = "exact reference"
"""Who matched what nobody had to."""


def judge(rows: Iterable[BankEntry]) -> dict[int, Match]:
    """What each of these unmatched entries is, among all that name the same order."""
    asked = list(rows)
    groups: dict[str, list[BankEntry]] = defaultdict(list)
    for rival in queries.rivals(asked):
        groups[rival.named].append(rival)
    known = queries.wire_orders({name for one in asked for name in one.named.split()})
    return {
        one.id: wires.match(
            queries.entry(one),
            known,
            [queries.entry(rival) for rival in groups[one.named] if rival.id != one.id],
        )
        for one in asked
    }


def pay_exact(gateways: Gateways, clock: Clock) -> Iterator[Order | Exception]:
    """The orders that are paid now; pages that are open for them are withdrawn first. What is
    refused waits, what fails holds up nothing else; cut off anywhere, calling it again goes on."""
    waiting = queries.waiting()
    found = judge(waiting)
    for row in waiting:
        order = found[row.id].order
        if found[row.id].verdict is Verdict.EXACT and order is not None:
            try:
                yield from _pay(gateways, row, order, clock)
            except Refusal:
                continue  # shown in the list: another payment is on its way, or it is too late
            except Exception as failure:
                yield failure


def _pay(gateways: Gateways, row: BankEntry, order: str, clock: Clock) -> list[Order]:
    """In one transaction, once no page is open; whatever happened since it was judged counts."""
    named = orders.get(Order.objects.get(public_id=order).id)
    workspace = named.workspace
    _leaving.leave(gateways, named.id, lambda: clock(workspace))
    with transaction.atomic():
        people.lock_workspace(workspace.id)
        now = operations.lock(row.id)
        is_exact = judge([now])[now.id].verdict is Verdict.EXACT
        if now.state != EntryState.UNMATCHED or not is_exact:
            return []
        found = Order.objects.get(public_id=order)
        at = clock(workspace)
        operations.match(now, found, 0, BY_REFERENCE, at)
        paid = _paying.pay_by_wire(found, now, at, BY_REFERENCE)
        _telling.wire_received(now, paid, at)
        return [paid]
