"""Orders as commands show them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from quartermaster.core import money
from quartermaster.core.plans.quotes import Line
from quartermaster.interfaces.cli import output
from quartermaster.store.invoices import telling as invoices
from quartermaster.store.orders import telling
from quartermaster.store.orders.models import Payment, Refund
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.reports.explain_order import ExplainedOrder

_ATTEMPTS = ("Attempt", "At", "Method", "Amount", "Outcome")
_REFUNDS = ("Refund", "At", "By", "Amount", "Outcome")
_STEPS = ("Step", "At", "By", "State")


def sums(total_minor: int, tax_minor: int) -> dict[str, int]:
    """What lines come to, by name: with tax, where there is some."""
    found = {"Total": total_minor}
    if tax_minor:
        found |= {"Tax": tax_minor, "Due": total_minor + tax_minor}
    return found


def _told(found: ExplainedOrder) -> dict[str, Any]:
    currency = found.order.currency
    return telling.order(found.order, found.sums) | {
        "invoice": invoices.named(found.invoice),
        "lines": [telling.line(each.line, each.formula, currency) for each in found.lines],
        "payments": [
            telling.payment(each, found.refunds_of(each), currency) for each in found.payments
        ],
        "steps": [telling.step(each) for each in found.steps],
        "wire": telling.wire(found.wire, currency),
    }


def show_lines(lines: Iterable[tuple[Line, str]], sums: dict[str, int], currency: str) -> None:
    """Lines with their formulas, and what they sum to, for people."""
    rows = [
        (one.description, formula, money.shown_minor(one.amount_minor, currency))
        for one, formula in lines
    ]
    rows += [(name, "", money.shown_minor(sum_, currency)) for name, sum_ in sums.items()]
    output.show(output.listing(("Line", "How", "Amount"), rows, folded=(0, 1)))


def answer_order(form: output.Format, found: ExplainedOrder) -> None:
    """An order with all that belongs to it."""
    one = found.order
    if form is output.Format.JSON:
        output.print_json(_told(found))
        return
    what, state = f"{one.kind}, {one.title}, {one.bot.name}", one.state.replace("_", " ")
    output.show(output.facts([("Order", one.public_id), ("What", what), ("State", state)]))
    output.show(output.facts(_came(found)))
    lines = [(each.line, each.formula) for each in found.lines]
    show_lines(lines, _sums(found), one.currency)
    where = one.bot.workspace
    _show(_ATTEMPTS, [_attempt_row(each, where) for each in found.payments])
    show_refunds(found.refunds, where)
    _show(_STEPS, [(each.event, _at(each.at, where), each.by, each.state) for each in found.steps])


def _came(found: ExplainedOrder) -> list[tuple[str, str]]:
    """By bank, and what of it is missing or too much."""
    if found.wire is None:
        return []
    came = found.wire
    several = {
        "Received by wire": came.received_minor,
        "Still missing": came.missing_minor,
        "Not needed": came.unneeded_minor,
    }
    currency = found.order.currency
    return [(name, money.shown_minor(sum_, currency)) for name, sum_ in several.items() if sum_]


def _sums(found: ExplainedOrder) -> dict[str, int]:
    """What its lines come to, and what has become of that."""
    one = found.order
    since = {"Paid": found.sums.paid_minor, "Refunded": found.sums.refunded_minor}
    known = sums(one.total_minor, one.tax_minor) | since | {"Due": one.unpaid_minor}
    return {name: sum_ for name, sum_ in known.items() if sum_ or name == "Total"}


def show_refunds(several: list[Refund], where: Workspace) -> None:
    """For people."""
    _show(_REFUNDS, [_refund_row(each, where) for each in several])


def _refund_row(one: Refund, where: Workspace) -> tuple[str, ...]:
    amount = money.shown_minor(one.amount_minor, where.currency)
    at = _at(one.known_at or one.begun_at, where)
    outcome = _outcome(one.outcome, one.reason)
    return (one.public_id, at, one.by, amount, f"{outcome}{', outside' * one.is_outside}")


def _attempt_row(one: Payment, where: Workspace) -> tuple[str, ...]:
    method = one.method.label if one.method else one.kind.replace("_", " ")
    amount = money.shown_minor(one.amount_minor, where.currency)
    at = _at(one.known_at or one.begun_at, where)
    outcome = _outcome(one.outcome, one.reason)
    if one.disputed_minor:
        outcome += f", {money.shown_minor(one.disputed_minor, where.currency)} called back"
    return (one.public_id, at, method, amount, outcome)


def _outcome(outcome: str | None, reason: str) -> str:
    said = f" ({reason})" if reason else ""
    return f"{outcome or 'waits'}{said}"


def _at(at: datetime, where: Workspace) -> str:
    return output.time(at, ZoneInfo(where.time_zone))


def _show(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    if rows:
        output.show(output.listing(titles, rows, folded=(2, 4)))
