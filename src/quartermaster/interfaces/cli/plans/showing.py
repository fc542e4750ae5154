"""Subscriptions, quotes and orders as commands show them."""

import typer

from quartermaster.core import money
from quartermaster.core.plans import formulas
from quartermaster.core.plans.quotes import Line
from quartermaster.interfaces.cli import output
from quartermaster.store.orders import telling
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.reports.explain_order import ExplainedOrder
from quartermaster.usecases.subscriptions.preview_change import Preview


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
            | {"lines": lines, "payments": payments}
            | {"steps": [telling.step(each) for each in found.steps]}
        )
        return
    what = f"{one.kind}, {one.title}"
    output.show(output.facts([("Order", one.public_id), ("What", what), ("State", one.state)]))
    sums = (one.total_minor, one.tax_minor)
    _show([(each.line, each.formula) for each in found.lines], sums, one.currency)
    for each in payments:
        said = f" ({each['reason']})" if each["reason"] else ""
        at = f"{each['known_at'] or each['begun_at']:%Y-%m-%d %H:%M}"
        typer.echo(f"{each['id']}  {at}  {each['outcome'] or 'waits'}{said}")


def answer_quote(form: output.Format, found: Preview, currency: str) -> None:
    """What would be ordered, and when it would come."""
    quote = found.quote
    if form is output.Format.JSON:
        output.print_json(telling.quote(quote, found.tax_minor, currency))
        return
    when = "at once" if quote.is_now else f"on {quote.cycle.start:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"{quote.terms.offer.title}, {quote.terms.cadence}, comes {when}.")
    lines = [
        (line, formulas.line(line, quote.terms, quote.cycle, currency)) for line in quote.lines
    ]
    _show(lines, (quote.total_minor, found.tax_minor), currency)


def _show(lines: list[tuple[Line, str]], sums: tuple[int, int], currency: str) -> None:
    """With what they sum to, and the tax on it."""
    rows = [
        (line.description, formula, money.shown_minor(line.amount_minor, currency))
        for line, formula in lines
    ]
    if sums[1]:
        rows.append(("Tax", "", money.shown_minor(sums[1], currency)))
    rows.append(("Total", "", money.shown_minor(sum(sums), currency)))
    output.show(output.listing(("Line", "How", "Amount"), rows, folded=(0, 1)))
