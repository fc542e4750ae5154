"""Reads of invoices."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from quartermaster.core.invoices.documents import Kind
from quartermaster.store.contracts.models import StatementLine
from quartermaster.store.invoices.models import Invoice, InvoiceLine, Settlement
from quartermaster.store.orders.models import OrderLine
from quartermaster.store.people.queries import NotFound


def get_of(workspace: int, name: str) -> Invoice:
    """By its public id or its number (`QM-000123`), within the workspace."""
    series, _, number = name.rpartition("-")
    found = _whole().filter(workspace_id=workspace)
    if number.isascii() and number.isdigit() and len(number) < 18:
        one = found.filter(series__prefix=series, number=int(number)).first()
    else:
        one = found.filter(public_id=name).first()
    if one is None:
        raise NotFound(f"no invoice {name!r} in this workspace", field="invoice")
    return one


def find_by_key(idempotency_key: uuid.UUID) -> Invoice | None:
    """The credit note that was issued with this key."""
    return _whole().filter(idempotency_key=idempotency_key).first()


def find_of_order(order: int) -> Invoice | None:
    """The invoice of an order."""
    return _whole().filter(order_id=order, kind=Kind.INVOICE).first()


def of_orders(orders: Collection[int]) -> dict[int, Invoice]:
    """The invoices of several, by the order's internal id."""
    found = _whole().filter(order__in=orders, kind=Kind.INVOICE)
    return {one.order_id: one for one in found if one.order_id is not None}


def of_workspace(
    workspace: int, kind: Kind | None, before: int | None = None, limit: int | None = None
) -> list[Invoice]:
    """Invoices, credit notes or both, the latest first: those issued before one (its internal id),
    so many at most."""
    found = _whole().filter(workspace_id=workspace)
    if kind is not None:
        found = found.filter(kind=kind)
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[:limit])


def credit_notes_of(invoice: int) -> list[Invoice]:
    """The first one first."""
    return list(_whole().filter(of_id=invoice).order_by("id"))


def is_any_real() -> bool:
    """Whether anything has been issued but to workspaces for tests."""
    return Invoice.objects.filter(workspace__is_test=False).exists()


def lines_of(invoices: Collection[int]) -> list[InvoiceLine]:
    """Invoice by invoice, each in its order, with what they are made of."""
    found = InvoiceLine.objects.filter(invoice_id__in=invoices).select_related(
        "order_line__order",
        "statement_line__statement",
        "of__invoice__series",
    )
    return list(found.order_by("invoice_id", "number"))


def order_lines(orders: Collection[int]) -> dict[int, list[OrderLine]]:
    """What the invoices of orders are made of, in their order."""
    found: dict[int, list[OrderLine]] = {order: [] for order in orders}
    for row in OrderLine.objects.filter(order__in=orders).order_by("order_id", "number"):
        found[row.order_id].append(row)
    return found


def statement_lines(statement: int) -> list[StatementLine]:
    """What the invoice of a statement is made of, in its order."""
    found = StatementLine.objects.filter(statement_id=statement).select_related("statement")
    return list(found.order_by("number"))


@dataclass(frozen=True, slots=True)
class Since:
    """What has become of invoices since they were issued: what was credited, with tax, and which
    were paid. By internal id."""

    credited: dict[int, int]
    settled: frozenset[int]


def since(invoices: Collection[int]) -> Since:
    """Of several."""
    credited = (
        Invoice.objects.filter(of__in=invoices).values_list("of").annotate(total=Sum("total_minor"))
    )
    settled = Settlement.objects.filter(invoice__in=invoices)
    return Since(
        {of: total for of, total in credited if of is not None},
        frozenset(settled.values_list("invoice_id", flat=True)),
    )


def _whole() -> QuerySet[Invoice]:
    return Invoice.objects.select_related(
        "series", "workspace", "order", "statement__contract", "of__series"
    )
