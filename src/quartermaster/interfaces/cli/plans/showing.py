"""Subscriptions, quotes and orders as commands show them."""

import typer

from quartermaster.core import money
from quartermaster.core.plans import formulas
from quartermaster.core.plans.quotes import Line, Quote
from quartermaster.interfaces.cli import output
from quartermaster.store.invoices import telling as invoices
from quartermaster.store.orders import telling
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.reports.explain_order import ExplainedOrder


def subscription_row(one: Subscription) -> tuple[str, ...]:
    """For people."""
    seats = f", {one.seats} seats" if one.seats else ""
    has = f"{one.version.offer.title} v{one.version.number}, {one.cadence}{seats}"
    then = "ends" if one.is_ending else ""
    if one.next_version is not None:
        then = f"{one.next_version.offer.title}, {one.next_cadence}"
    ends, state = f"{one.canceled_at or one.cycle_end_at:%Y-%m-%d}", one.state.replace("_", " ")
    return (one.bot.name, one.place, has, state, ends, then)


def answer_order(form: output.Format, found: ExplainedOrder) -> None:
    """An order with all that belongs to it."""
    one = found.order
    payments = [
        telling.payment(each, found.refunds_of(each), one.currency) for each in found.payments
    ]
    if form is output.Format.JSON:
        lines = [telling.line(each.line, each.formula, one.currency) for each in found.lines]
        output.print_json(
            telling.order(one)
            | {"invoice": invoices.named(found.invoice)}
            | {"lines": lines, "payments": payments}
            | {"steps": [telling.step(each) for each in found.steps]}
        )
        return
    what = f"{one.kind}, {one.title}"
    output.show(output.facts([("Order", one.public_id), ("What", what), ("State", one.state)]))
    _show([(each.line, each.formula) for each in found.lines], one.total_minor, one.currency)
    for each in payments:
        said = f" ({each['reason']})" if each["reason"] else ""
        at = f"{each['known_at'] or each['begun_at']:%Y-%m-%d %H:%M}"
        typer.echo(f"{each['id']}  {at}  {each['outcome'] or 'waits'}{said}")


def answer_quote(form: output.Format, quote: Quote, currency: str) -> None:
    """What would be ordered, and when it would come."""
    lines = [
        (line, formulas.line(line, quote.terms, quote.cycle, currency)) for line in quote.lines
    ]
    if form is output.Format.JSON:
        output.print_json(
            {
                "is_now": quote.is_now,
                "offer": quote.terms.offer.key,
                "cadence": quote.terms.cadence,
                "seats": quote.terms.seats,
                "cycle_start_at": quote.cycle.start,
                "cycle_end_at": quote.cycle.end,
                "currency": currency,
                "total": money.exact_minor(quote.total_minor, currency),
                "lines": [telling.line(*each, currency) for each in lines],
            }
        )
        return
    when = "at once" if quote.is_now else f"on {quote.cycle.start:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"{quote.terms.offer.title}, {quote.terms.cadence}, comes {when}.")
    _show(lines, quote.total_minor, currency)


def _show(lines: list[tuple[Line, str]], total_minor: int, currency: str) -> None:
    rows = [
        (line.description, formula, money.shown_minor(line.amount_minor, currency))
        for line, formula in lines
    ]
    rows.append(("Total", "", money.shown_minor(total_minor, currency)))
    output.show(output.listing(("Line", "How", "Amount"), rows, folded=(0, 1)))
