"""Issues the invoices of orders and statements, in the transaction of what they are for.

Series of numbers are held to its end, so it is the last thing to do there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from quartermaster.core import money
from quartermaster.core.invoices import documents, numbers, taxes
from quartermaster.core.invoices.documents import Line
from quartermaster.core.invoices.parties import Party, Seller
from quartermaster.core.invoices.taxes import Rates, Tax
from quartermaster.store.billing import queries as billing
from quartermaster.store.contracts.models import Statement, StatementLine
from quartermaster.store.invoices import operations, queries
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.invoices.operations import NewInvoice, NewLine
from quartermaster.store.orders.models import Order, OrderLine
from quartermaster.store.people.models import Workspace

_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """An order that is fulfilled, and what was paid for it. `tax` is the one that it was ordered
    with; None: what the workspace owes now."""

    order: Order
    paid_minor: int
    tax: Tax | None = None


@dataclass(frozen=True, slots=True)
class _Terms:
    """Who bills whom."""

    workspace: Workspace
    seller: Seller
    buyer: Party
    tax: Tax

    def day(self, at: datetime) -> date:
        """As the customer's calendar has it."""
        return at.astimezone(ZoneInfo(self.workspace.time_zone)).date()

    @property
    def series(self) -> str:
        """What its numbers begin with."""
        return numbers.series(self.seller.prefix, self.workspace.is_test)


def for_order(paid: PaidOrder, at: datetime) -> Invoice | None:
    """The order's invoice; None where there was nothing to be paid for it."""
    made = for_orders([paid], at)
    return made[0] if made else None


def for_orders(several: Sequence[PaidOrder], at: datetime) -> list[Invoice]:
    """One for each that cost something."""
    priced = [one for one in several if one.order.total_minor]
    terms = _terms([one.order.workspace for one in priced])
    rows = queries.order_lines([one.order.id for one in priced])
    new = [_of_order(one, terms[one.order.workspace_id], rows[one.order.id], at) for one in priced]
    return operations.issue(new, at) if new else []


def for_statement(statement: Statement, at: datetime) -> Invoice | None:
    """The statement's invoice, due when the statement is; None where the cycle saw nothing."""
    rows = queries.statement_lines(statement.id)
    if not rows:
        return None
    workspace = statement.contract.workspace
    terms = _terms([workspace])[workspace.id]
    lines = documents.taxed([_statement_line(row, terms) for row in rows])
    new = NewInvoice(
        workspace.id,
        terms.series,
        statement.currency,
        terms.seller,
        terms.buyer,
        [NewLine(one, statement_line=row.id) for one, row in zip(lines, rows, strict=True)],
        terms.day(at),
        statement.due_date,
        statement=statement.id,
    )
    return operations.issue([new], at)[0]


def _terms(workspaces: Sequence[Workspace]) -> dict[int, _Terms]:
    seller, rates, profiles = billing.seller(), billing.rates(), billing.profiles(workspaces)
    return {
        one.id: _Terms(one, seller, profiles[one.id], _tax(rates, seller, profiles[one.id]))
        for one in workspaces
    }


def _tax(rates: Rates, seller: Seller, buyer: Party) -> Tax:
    return taxes.due(rates, seller.party, buyer)


def _of_order(
    paid: PaidOrder, terms: _Terms, rows: Sequence[OrderLine], at: datetime
) -> NewInvoice:
    order, today = paid.order, terms.day(at)
    tax = paid.tax or terms.tax
    lines = documents.taxed([_order_line(row, order, tax, terms) for row in rows])
    return NewInvoice(
        order.workspace_id,
        terms.series,
        order.currency,
        terms.seller,
        terms.buyer,
        [NewLine(one, order_line=row.id) for one, row in zip(lines, rows, strict=True)],
        today,
        today,
        paid.paid_minor,
        order=order.id,
    )


def _order_line(row: OrderLine, order: Order, tax: Tax, terms: _Terms) -> Line:
    """Its detail is the bot that it is for."""
    return Line(
        row.description,
        row.quantity,
        row.amount_minor,
        tax,
        _unit_price(row.amount_minor, row.quantity, order.currency),
        order.bot.name,
        start_date=terms.day(row.start_at) if row.end_at > row.start_at else None,
        end_date=terms.day(row.end_at - _TICK) if row.end_at > row.start_at else None,
    )


def _statement_line(row: StatementLine, terms: _Terms) -> Line:
    price = None
    if row.what == "fee":
        price = _unit_price(row.amount_minor, row.quantity, row.statement.currency)
    return Line(
        row.description,
        row.quantity,
        row.amount_minor,
        terms.tax,
        price,
        "" if row.what == "fee" else row.formula,
        terms.day(row.start_at),
        terms.day(row.end_at - _TICK),
    )


def _unit_price(amount_minor: int, quantity: int, currency: str) -> Decimal | None:
    """Where the amount is a multiple of it."""
    if quantity < 1 or amount_minor % quantity:
        return None
    return money.from_minor(amount_minor // quantity, currency)
