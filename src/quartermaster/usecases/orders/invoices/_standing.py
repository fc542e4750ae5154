"""Where invoices stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from quartermaster.core.invoices import standing
from quartermaster.core.invoices.documents import Kind
from quartermaster.core.invoices.standing import Amounts, Status
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.store.invoices import queries, telling
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Payment
from quartermaster.store.people.models import Workspace


@dataclass(frozen=True, slots=True)
class ListedInvoice:
    """An invoice with its number; what credit notes gave back of it, with tax; where it stands; and
    the way it was paid, or is to be (None: there was nothing to pay), with the words that people
    know that by."""

    invoice: Invoice
    number: str
    credited_minor: int
    status: Status
    method: MethodKind | None
    method_label: str


def listed(workspace: Workspace, invoices: Sequence[Invoice], at: datetime) -> list[ListedInvoice]:
    """In their order, as they stand at an instant."""
    since = queries.since([one.id for one in invoices])
    paid = orders.paid_with_each([one.order_id for one in invoices if one.order_id is not None])
    today = at.astimezone(ZoneInfo(workspace.time_zone)).date()
    found = []
    for one in invoices:
        credited = since.credited.get(one.id, 0)
        status = Status.ISSUED
        if one.kind == Kind.INVOICE:
            amounts = Amounts(one.total_minor, one.paid_minor, credited)
            status = standing.status(amounts, one.id in since.settled, one.due_date, today)
        way = _way(one, paid)
        found.append(ListedInvoice(one, telling.number(one), credited, status, *way))
    return found


def _way(one: Invoice, paid: Mapping[int, Payment]) -> tuple[MethodKind | None, str]:
    """Cycles of contracts are paid by wire."""
    if one.order_id is None:
        return MethodKind.WIRE, ""
    payment = paid.get(one.order_id)
    if payment is None:
        return None, ""
    return MethodKind(payment.kind), payment.method.label if payment.method else ""
