"""Reads of bank entries."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum

from quartermaster.core.lifecycles import wires
from quartermaster.core.lifecycles.orders import OPEN, PAYABLE
from quartermaster.core.lifecycles.wires import Arrived, Entry, WireOrder
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.wires.models import BankEntry, EntryState
from quartermaster.store.people.queries import NotFound

_STRANDED = ~Q(order__state__in=sorted(OPEN)) & Q(counted_minor__lt=F("due_minor"))
_COUNTED = Q(order__state__in=sorted(OPEN))
_OPEN = Q(state=EntryState.UNMATCHED) | (
    Q(state=EntryState.MATCHED) & (Q(rest_minor__gt=0) | _STRANDED | _COUNTED)
)


def get_of(public_id: str) -> BankEntry:
    """By its public id."""
    found = _whole().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(f"no bank entry {public_id!r}", field="entry")
    return found


def listed(
    is_open: bool = False, before: int | None = None, limit: int | None = None
) -> list[BankEntry]:
    """The latest first: all, or those that are not done with, because they wait for a person or
    for more; those older than an entry, so many at
    most."""
    found = _whole().filter(_OPEN) if is_open else _whole()
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[:limit])


def unused_minor(rows: Collection[BankEntry]) -> dict[int, int]:
    """How much of each is for a person to decide on, by internal id: all, where it is for no order,
    or counted towards one that was settled without it."""
    counted = _counted(rows)
    return {one.id: _unused_minor(one, counted) for one in rows}


def missing_minor(rows: Collection[BankEntry]) -> dict[int, int]:
    """How much is still to come for the open order that each is counted towards, by internal id."""
    counted = _counted(rows)
    return {
        one.id: one.order.due_minor - counted[one.order.id]
        for one in rows
        if one.order is not None and one.order.state in OPEN
    }


def _counted(rows: Collection[BankEntry]) -> dict[int, int]:
    """What was counted towards the orders of these."""
    of = {one.order_id for one in rows if one.order_id is not None}
    used = Sum(F("amount_minor") - F("rest_minor"))
    several = BankEntry.objects.filter(order__in=of).values("order").annotate(sum=used)
    return dict(several.values_list("order", "sum"))


def _unused_minor(row: BankEntry, counted: Mapping[int, int]) -> int:
    if row.state == EntryState.DECIDED:
        return 0
    if row.order is None:
        return row.amount_minor
    is_stranded = row.order.state not in OPEN and counted[row.order.id] < row.order.due_minor
    return row.amount_minor if is_stranded else row.rest_minor


def arrived(order: Order) -> Arrived | None:
    """For an order, None if nothing was; what may be told of twice counts once."""
    names_it = Q(state=EntryState.UNMATCHED, named=order.public_id, currency=order.currency)
    found = _whole().filter(Q(order=order) | names_it, amount_minor__gt=0)
    several = list(found.order_by("id"))
    again = perhaps_again([one for one in several if one.state == EntryState.UNMATCHED])
    rows = [one for one in several if one.id not in again]
    gone = sum(one.rest_minor for one in rows if one.state == EntryState.DECIDED)
    received = sum(one.amount_minor for one in rows) - gone
    if not received:
        return None
    if order.state in PAYABLE:
        over = received - order.due_minor
        return Arrived(received, max(-over, 0), max(over, 0))
    return Arrived(received, 0, sum(unused_minor(rows).values()))


def waiting() -> list[BankEntry]:
    """Those that name an order and are not matched, in the order in which they were booked."""
    found = _whole().filter(state=EntryState.UNMATCHED).exclude(named="")
    return list(found.order_by("booked_date", "id"))


def rivals(entries: Collection[BankEntry]) -> list[BankEntry]:
    """All unmatched entries that name what one of these names, these among them."""
    names = {one.named for one in entries} - {""}
    return list(_whole().filter(state=EntryState.UNMATCHED, named__in=names).order_by("id"))


def perhaps_again(rows: Collection[BankEntry]) -> set[int]:
    """Those, by internal id, of which another file may have told before."""
    groups: dict[object, list[BankEntry]] = defaultdict(list)
    for one in _alike(rows):
        groups[_place(one)].append(one)
    return {one.id for one in rows if any(_is_again(one, other) for other in groups[_place(one)])}


def _place(row: BankEntry) -> object:
    return row.named, row.booked_date, row.amount_minor


def _is_again(row: BankEntry, other: BankEntry) -> bool:
    came_before = other.id < row.id and other.file_id != row.file_id
    return came_before and wires.is_perhaps_again(entry(row), entry(other))


def _alike(entries: Collection[BankEntry]) -> list[BankEntry]:
    """All entries, done with or not, that name what one of these names; for those that name
    nothing, others of the same day and amount."""
    names = {one.named for one in entries} - {""}
    bare = [one for one in entries if not one.named]
    days, amounts = {one.booked_date for one in bare}, {one.amount_minor for one in bare}
    is_bare = Q(named="", booked_date__in=days, amount_minor__in=amounts)
    return list(BankEntry.objects.filter(Q(named__in=names) | is_bare).order_by("id"))


def wire_orders(names: Collection[str]) -> Mapping[str, WireOrder]:
    """Orders by public id, as far as there are any, with what was counted towards them."""
    orders = {one.id: one for one in Order.objects.filter(public_id__in=names)}
    counted: dict[int, list[Entry]] = {order: [] for order in orders}
    for row in BankEntry.objects.filter(order_id__in=orders).order_by("id"):
        used = row.amount_minor - row.rest_minor
        if row.order_id is not None and used > 0:
            counted[row.order_id].append(replace(entry(row), amount_minor=used))
    return {
        one.public_id: WireOrder(
            one.public_id, one.due_minor, one.currency, one.state in PAYABLE, tuple(counted[one.id])
        )
        for one in orders.values()
    }


def entry(row: BankEntry) -> Entry:
    """A row as the rules know it."""
    return Entry(
        row.bank_id,
        row.booked_date,
        row.amount_minor,
        row.currency,
        row.text,
        row.end_to_end_id,
        row.payer_name,
        row.payer_iban,
    )


def _whole() -> QuerySet[BankEntry]:
    of_order = BankEntry.objects.filter(order_id=OuterRef("order_id")).order_by()
    counted = of_order.values("order_id").annotate(sum=Sum(F("amount_minor") - F("rest_minor")))
    found = BankEntry.objects.annotate(
        counted_minor=Subquery(counted.values("sum")),
        due_minor=F("order__total_minor") + F("order__tax_minor"),
    )
    return found.select_related("order__workspace", "file")
