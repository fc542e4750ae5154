"""What an order is made of: its lines, how their amounts came about, and the attempts to pay it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from quartermaster.core import money
from quartermaster.core.lifecycles.orders import Event, Outcome
from quartermaster.core.lifecycles.wires import Arrived
from quartermaster.core.periods import Period
from quartermaster.core.plans import formulas
from quartermaster.core.plans.quotes import Line, What
from quartermaster.core.plans.terms import Terms
from quartermaster.store.invoices import queries as invoices
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, OrderLine, OrderStep, Payment, Refund
from quartermaster.store.orders.telling import Step
from quartermaster.store.orders.wires import queries as wires

REFUNDED_IN_PART: Final = "refunded_in_part"
"""A step that changes no state, where less went back than was paid."""


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line, and its formula in words."""

    line: Line
    formula: str


@dataclass(frozen=True, slots=True)
class ExplainedOrder:
    """An order and all that belongs to it, each in its order. Its steps have one for each refund
    that went back, also where the order's state stayed."""

    order: Order
    lines: list[ExplainedLine]
    payments: list[Payment]
    refunds: list[Refund]
    steps: list[Step]
    sums: queries.Sums
    invoice: Invoice | None
    credit_notes: list[Invoice]
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
    steps = list(_steps(queries.steps_of(order.id), refunds))
    invoice = invoices.find_of_order(order.id)
    notes = invoices.credit_notes_of(invoice.id) if invoice else []
    sums = queries.sums_of([order.id])[order.id]
    wire = wires.arrived(order)
    return ExplainedOrder(order, explained, payments, refunds, steps, sums, invoice, notes, wire)


def _steps(stored: list[OrderStep], refunds: list[Refund]) -> Iterator[Step]:
    """The refund with which all of it is back is the order's own last step."""
    back = [
        (one.known_at, one)
        for one in refunds
        if one.known_at is not None and one.outcome == Outcome.SUCCEEDED
    ]
    state = ""
    for one in stored:
        is_back = one.event == Event.REFUNDED
        while back and (back[0][0] < one.at or (is_back and len(back) > 1)):
            yield _in_part(*back.pop(0), state)
        state = one.state
        amount_minor = back.pop(0)[1].amount_minor if is_back and back else None
        yield Step(one.event, one.state, one.at, one.by, amount_minor)
    for at, refund in back:
        yield _in_part(at, refund, state)


def _in_part(at: datetime, refund: Refund, state: str) -> Step:
    return Step(REFUNDED_IN_PART, state, at, refund.by, refund.amount_minor)


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
