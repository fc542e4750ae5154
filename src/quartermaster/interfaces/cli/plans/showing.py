"""Subscriptions and quotes as commands show them."""

import typer

from quartermaster.core.plans import formulas
from quartermaster.interfaces.cli import output
from quartermaster.interfaces.cli.orders import showing
from quartermaster.store.orders import telling
from quartermaster.store.subscriptions.models import Subscription
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
    showing.show_lines(lines, showing.sums(quote.total_minor, found.tax_minor), currency)
