"""What an order is made of: its lines, how their amounts came about, and the attempts to pay it."""

from dataclasses import dataclass
from typing import cast

from quartermaster.core import money
from quartermaster.core.lifecycles.wires import Arrived
from quartermaster.core.periods import Period
from quartermaster.core.plans import formulas
from quartermaster.core.plans.quotes import Line, What
from quartermaster.core.plans.terms import Terms
from quartermaster.store.invoices import queries as invoices
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, OrderLine, OrderStep, Payment, Refund
from quartermaster.store.orders.wires import queries as wires


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line, and its formula in words."""

    line: Line
    formula: str


@dataclass(frozen=True, slots=True)
class ExplainedOrder:
    """An order and all that belongs to it, each in its order."""

    order: Order
    lines: list[ExplainedLine]
    payments: list[Payment]
    refunds: list[Refund]
    steps: list[OrderStep]
    invoice: Invoice | None
    wire: Arrived | None = None

    def refunds_of(self, payment: Payment) -> list[Refund]:
        """What of a payment went back, or is to."""
        return [one for one in self.refunds if one.payment_id == payment.id]


def explain_order(order: Order) -> ExplainedOrder:
    """Worked out again from the terms that it brings, which never change."""
    lines = [_line(row) for row in queries.lines_of(order.id)]
    explained = [ExplainedLine(line, _formula(order, line)) for line in lines]
    payments = queries.payments_of(order.id)
    refunds = queries.refunds_of_each([one.id for one in payments])
    steps, invoice = queries.steps_of(order.id), invoices.find_of_order(order.id)
    wire = wires.arrived(order)
    return ExplainedOrder(order, explained, payments, refunds, steps, invoice, wire)


def _formula(order: Order, line: Line) -> str:
    if order.version is None:
        return money.shown_minor(line.amount_minor, order.currency)
    has = order.bought
    terms = Terms(has.version.id, has.version.offer, has.cadence, has.seats)
    return formulas.line(line, terms, has.cycle, order.currency)


def _line(row: OrderLine) -> Line:
    of = None if row.of is None else queries.paid_line(row.of)
    period = Period(row.start_at, row.end_at)
    what = cast("What", row.what)
    return Line(what, row.description, row.quantity, row.amount_minor, period, of)
