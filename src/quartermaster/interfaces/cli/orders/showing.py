"""Orders as commands show them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from quartermaster.core import money
from quartermaster.core.plans.quotes import Line
from quartermaster.interfaces.cli import output
from quartermaster.store.orders.models import Order, OrderStep, Payment, Refund
from quartermaster.usecases.reports.explain_order import ExplainedOrder

_ATTEMPTS = ("Attempt", "At", "Method", "Amount", "Outcome")
_REFUNDS = ("Refund", "At", "By", "Amount", "Outcome")
_STEPS = ("Step", "At", "By", "State")


def order(one: Order) -> dict[str, Any]:
    """For programs, without lines and payments."""
    return {
        "id": one.public_id,
        "bot": one.bot.public_id,
        "kind": one.kind,
        "state": one.state,
        "place": one.place,
        "offer": one.version and one.version.key,
        "version": one.version and one.version.number,
        "cadence": one.cadence or None,
        "seats": one.seats,
        "cycle_start_at": one.cycle_start_at,
        "cycle_end_at": one.cycle_end_at,
        "currency": one.currency,
        "total": money.exact_minor(one.total_minor, one.currency),
        "tax": money.exact_minor(one.tax_minor, one.currency),
        "due": money.exact_minor(one.due_minor, one.currency),
        "ordered_at": one.ordered_at,
        "settled_at": one.settled_at,
    }


def line(one: Line, formula: str, currency: str) -> dict[str, Any]:
    """A line of an order or a quote, for programs."""
    return {
        "what": one.what,
        "description": one.description,
        "quantity": one.quantity,
        "amount": money.exact_minor(one.amount_minor, currency),
        "formula": formula,
        "start_at": one.period.start,
        "end_at": one.period.end,
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
        lines = [line(each.line, each.formula, one.currency) for each in found.lines]
        payments = [_payment(each, found) for each in found.payments]
        steps = [_step(each) for each in found.steps]
        output.print_json(order(one) | {"lines": lines, "payments": payments, "steps": steps})
        return
    what, state = f"{one.kind}, {one.title}, {one.bot.name}", one.state.replace("_", " ")
    output.show(output.facts([("Order", one.public_id), ("What", what), ("State", state)]))
    sums = {"Total": one.total_minor}
    if one.tax_minor:
        sums |= {"Tax": one.tax_minor, "Due": one.due_minor}
    show_lines([(each.line, each.formula) for each in found.lines], sums, one.currency)
    _show(_ATTEMPTS, [_attempt_row(each, one.currency) for each in found.payments])
    show_refunds(found.refunds, one.currency)
    _show(_STEPS, [(each.event, _at(each.at), each.by, each.state) for each in found.steps])


def refund(one: Refund, currency: str) -> dict[str, Any]:
    """For programs."""
    return {
        "id": one.public_id,
        "amount": money.exact_minor(one.amount_minor, currency),
        "outcome": one.outcome,
        "reason": one.reason,
        "by": one.by,
        "begun_at": one.begun_at,
        "known_at": one.known_at,
    }


def show_refunds(several: list[Refund], currency: str) -> None:
    """For people."""
    _show(_REFUNDS, [_refund_row(each, currency) for each in several])


def _refund_row(one: Refund, currency: str) -> tuple[str, ...]:
    amount, at = money.shown_minor(one.amount_minor, currency), _at(one.known_at or one.begun_at)
    return (one.public_id, at, one.by, amount, _outcome(one.outcome, one.reason))


def _payment(one: Payment, found: ExplainedOrder) -> dict[str, Any]:
    currency = found.order.currency
    return {
        "id": one.public_id,
        "kind": one.kind,
        "provider": one.provider or None,
        "method": one.method and one.method.public_id,
        "amount": money.exact_minor(one.amount_minor, currency),
        "outcome": one.outcome,
        "code": one.code or None,
        "reason": one.reason,
        "url": one.url if one.outcome is None else None,
        "disputed": money.exact_minor(one.disputed_minor, currency),
        "begun_at": one.begun_at,
        "known_at": one.known_at,
        "refunds": [refund(each, currency) for each in found.refunds_of(one)],
    }


def _step(one: OrderStep) -> dict[str, Any]:
    return {"event": one.event, "state": one.state, "at": one.at, "by": one.by}


def _attempt_row(one: Payment, currency: str) -> tuple[str, ...]:
    method = one.method.label if one.method else one.kind.replace("_", " ")
    amount, at = money.shown_minor(one.amount_minor, currency), _at(one.known_at or one.begun_at)
    return (one.public_id, at, method, amount, _outcome(one.outcome, one.reason))


def _outcome(outcome: str | None, reason: str) -> str:
    said = f" ({reason})" if reason else ""
    return f"{outcome or 'waits'}{said}"


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _show(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    if rows:
        output.show(output.listing(titles, rows, folded=(2, 4)))
