"""Where invoices stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from quartermaster.core.invoices import standing
from quartermaster.core.invoices.documents import Kind
from quartermaster.core.invoices.standing import Amounts, Status
from quartermaster.store.invoices import queries, telling
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.people.models import Workspace


@dataclass(frozen=True, slots=True)
class ListedInvoice:
    """An invoice with its number; what credit notes gave back of it, with tax, and where it
    stands."""

    invoice: Invoice
    number: str
    credited_minor: int
    status: Status


def listed(workspace: Workspace, invoices: Sequence[Invoice], at: datetime) -> list[ListedInvoice]:
    """In their order, as they stand at an instant."""
    since = queries.since([one.id for one in invoices])
    today = at.astimezone(ZoneInfo(workspace.time_zone)).date()
    found = []
    for one in invoices:
        credited = since.credited.get(one.id, 0)
        status = Status.ISSUED
        if one.kind == Kind.INVOICE:
            amounts = Amounts(one.total_minor, one.paid_minor, credited)
            status = standing.status(amounts, one.id in since.settled, one.due_date, today)
        found.append(ListedInvoice(one, telling.number(one), credited, status))
    return found
