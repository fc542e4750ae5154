"""Entries that leave nothing open pay their orders by themselves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles import wires
from quartermaster.core.lifecycles.wires import Match, Verdict, WireOrder
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import BY_REFERENCE
from quartermaster.store.orders.wires import operations, queries
from quartermaster.store.orders.wires.models import BankEntry, EntryState
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders import _telling
from quartermaster.usecases.orders.payments import _leaving
from quartermaster.usecases.orders.wires import _paying
from quartermaster.usecases.ports import Clock
from quartermaster.usecases.ports.gateways import Gateways


def judge(rows: Iterable[BankEntry]) -> dict[int, Match]:
    """What each of these unmatched entries is, among all that name the same order."""
    asked = list(rows)
    rivals = queries.rivals(asked)
    again = queries.perhaps_again({one.id: one for one in (*asked, *rivals)}.values())
    groups: dict[str, list[BankEntry]] = defaultdict(list)
    for rival in rivals:
        if rival.id not in again:
            groups[rival.named].append(rival)
    known = queries.wire_orders({name for one in asked for name in one.named.split()})
    return {
        one.id: Match(Verdict.PERHAPS_AGAIN, one.named if one.named in known else None)
        if one.id in again
        else _match(one, known, groups[one.named])
        for one in asked
    }


def _match(row: BankEntry, known: Mapping[str, WireOrder], rivals: Iterable[BankEntry]) -> Match:
    others = [queries.entry(one) for one in rivals if one.id != row.id]
    return wires.match(queries.entry(row), known, others)


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
