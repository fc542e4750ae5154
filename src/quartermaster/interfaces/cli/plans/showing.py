"""Subscriptions and quotes as commands show them."""

from typing import Any

import typer

from quartermaster.core import money
from quartermaster.core.plans import formulas
from quartermaster.core.plans.quotes import Quote
from quartermaster.interfaces.cli import output
from quartermaster.interfaces.cli.orders import showing
from quartermaster.store.subscriptions.models import Subscription


def subscription(one: Subscription) -> dict[str, Any]:
    """For programs."""
    upcoming = one.next_version and {
        "offer": one.next_version.key,
        "version": one.next_version.number,
        "cadence": one.next_cadence,
        "seats": one.next_seats,
    }
    return {
        "id": one.public_id,
        "bot": one.bot.public_id,
        "place": one.place,
        "state": one.state,
        "offer": one.version.key,
        "version": one.version.number,
        "cadence": one.cadence,
        "seats": one.seats,
        "cycle_start_at": one.cycle_start_at,
        "cycle_end_at": one.cycle_end_at,
        "next": upcoming,
        "is_ending": one.is_ending,
        "attempt_at": one.attempt_at,
        "canceled_at": one.canceled_at,
    }


def subscription_row(one: Subscription) -> tuple[str, ...]:
    """For people."""
    seats = f", {one.seats} seats" if one.seats else ""
    has = f"{one.version.offer.title} v{one.version.number}, {one.cadence}{seats}"
    then = "ends" if one.is_ending else ""
    if one.next_version is not None:
        then = f"{one.next_version.offer.title}, {one.next_cadence}"
    ends, state = f"{one.canceled_at or one.cycle_end_at:%Y-%m-%d}", one.state.replace("_", " ")
    return (one.bot.name, one.place, has, state, ends, then)


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
                "lines": [showing.line(*each, currency) for each in lines],
            }
        )
        return
    when = "at once" if quote.is_now else f"on {quote.cycle.start:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"{quote.terms.offer.title}, {quote.terms.cadence}, comes {when}.")
    showing.show_lines(lines, {"Total": quote.total_minor}, currency)
