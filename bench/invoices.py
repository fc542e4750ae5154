"""Invoices by the thousand, and their pages."""

import quartermaster.conf.ready  # noqa: F401  # isort: skip

import copy
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection, transaction

from bench import workspace
from bench.figures import Figure
from quartermaster.adapters.documents.setting import InvoicePress
from quartermaster.core.invoices import documents
from quartermaster.core.invoices.documents import Document, Kind, Line
from quartermaster.core.invoices.parties import Bank, Party, Seller
from quartermaster.core.invoices.taxes import Category, Tax
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.orders.models import Order, OrderLine
from quartermaster.usecases.orders.invoices import _issuing
from quartermaster.usecases.orders.invoices._issuing import PaidOrder

ORDERS, SINGLY, LINES, AT_ONCE = 10_000, 500, 5, 1_000
TARGET, TARGET_LONG, TARGET_SHORT = 500, 2, 20
AT = datetime(2026, 11, 23, tzinfo=UTC)
TAX = Tax(Category.STANDARD, Decimal(19), "DE")
SELLER = Seller(
    Party("Parley", "Parley GmbH", ("Torstraße 140",), "Berlin", "10119", "DE", "DE136695976"),
    "PC",
    "HRB 1",
    Bank("Parley GmbH", "DE89370400440532013000", "COBADEFFXXX", "Commerzbank"),
)
BUYER = Party("Ann", "Mercer AG", ("Lange Straße 7",), "Leipzig", "04103", "DE", "DE129273398")
_TABLES = ("invoices_invoice", "invoices_invoiceline")


def run() -> list[Figure]:
    """Issued without pages, then pages without the database, by the time of one core."""
    workspace.migrate()
    paid = _paid_orders()
    many, few = paid[:-SINGLY], paid[-SINGLY:]
    pieces = [many[place : place + AT_ONCE] for place in range(0, len(many), AT_ONCE)]
    by_many = _per_second(len(many), lambda: [_issue(several) for several in pieces])
    by_one = _per_second(len(few), lambda: [_issue([one]) for one in few])
    note = f"{len(many):,} orders of {LINES} lines, {AT_ONCE:,} in a transaction"
    return [
        Figure("invoices issued", by_many, "/s", TARGET, limit=_limit(), note=note),
        Figure("invoices issued one by one", by_one, "/s", note="a transaction each"),
        _printed(5, TARGET_SHORT, 100),
        _printed(120, TARGET_LONG, 20),
    ]


def _issue(several: list[PaidOrder]) -> None:
    with transaction.atomic():
        _issuing.for_orders(several, AT)


def _per_second(count: int, act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return count / (time.perf_counter() - begun)


def _limit() -> float:
    """The same rows by COPY, out and into tables without constraints."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"create temp table bare_{table} (like {table}) on commit drop")
        begun = time.perf_counter()
        for table in _TABLES:
            with cursor.copy(f"copy {table} to stdout (format binary)") as out:
                rows = b"".join(out)
            with cursor.copy(f"copy bare_{table} from stdin (format binary)") as into:
                into.write(rows)
        return Invoice.objects.count() / (time.perf_counter() - begun)


def _paid_orders() -> list[PaidOrder]:
    """One that was ordered and paid, and many like it."""
    where = workspace.make(1)[0]
    workspace.subscribe(where, AT)
    model = Order.objects.select_related("workspace", "bot").get(workspace=where)
    line = OrderLine.objects.filter(order=model).latest("number")
    orders = Order.objects.bulk_create((_like(model) for _ in range(ORDERS + SINGLY)), 1_000)
    lines = (_line(line, order, place) for order in orders for place in range(1, LINES + 1))
    OrderLine.objects.bulk_create(lines, 2_000)
    return [PaidOrder(order, order.total_minor, TAX) for order in orders]


def _like(model: Order) -> Order:
    order = copy.copy(model)
    order.pk, order.public_id, order.idempotency_key = None, f"ord_{uuid.uuid4()}", uuid.uuid4()
    return order


def _line(model: OrderLine, order: Order, number: int) -> OrderLine:
    line = copy.copy(model)
    line.pk, line.order, line.number = None, order, number
    return line


def _printed(lines: int, target: float, times: int) -> Figure:
    """By the processor's time of this thread, for others may be at work beside it."""
    press, one = InvoicePress(), _document(lines)
    press.pdf(one)
    begun = time.process_time()
    for number in range(times):
        press.pdf(replace(one, number=f"PC-{number:06}"))
    speed = times / (time.process_time() - begun)
    note = "PDF/A-3 with Factur-X, per core"
    return Figure(f"PDFs of {lines} lines", speed, "/s", target, note=note)


def _document(count: int) -> Document:
    start, end = date(2026, 10, 1), date(2026, 10, 31)
    words = "Contact Center AI, Advanced, named seats, monthly"
    price = Decimal(19)
    line = Line(words, 12, 22_800, TAX, price, start_date=start, end_date=end)
    lines = documents.taxed([line] * count)
    paid_minor = documents.summed(lines).total_minor
    days = (end, end)
    parties = (SELLER, BUYER)
    return Document(
        Kind.INVOICE, "inv_1", "PC-000001", "EUR", *days, *parties, lines, paid_minor, "ord_1"
    )
