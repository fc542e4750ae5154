"""`quartermaster plans suggest`: which plan would suit a bot."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from quartermaster.core import money
from quartermaster.core.catalog.offers import PRODUCT_TITLES
from quartermaster.core.errors import Refusal
from quartermaster.core.plans.suggestion import Option
from quartermaster.core.usage import events
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.people import queries as people
from quartermaster.usecases.ports import EventArchive
from quartermaster.usecases.reports.suggest_plan import (
    ENOUGH_DAYS,
    Question,
    Suggestion,
    suggest_plan,
)


class Product(StrEnum):
    """All that plans are sold for."""

    AUTOMATION_AI, SEARCH_AI, CONTACT_CENTER_AI, AGENT_AI = events.PRODUCTS


BotName = Annotated[str, typer.Argument(metavar="BOT", help="Its name or id")]
Which = Annotated[Product, typer.Option(help="Whose plans")]


def register(app: typer.Typer, shell: Shell, archive: EventArchive) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Choose a plan.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="plans")

    @group.command("suggest")
    def suggest(
        bot: BotName,
        workspace: WorkspaceName = None,
        product: Which = Product.AUTOMATION_AI,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What a bot's last ninety days would have come to under every plan and version."""
        where = choices.workspace(workspace)
        try:
            question = Question.of(people.get_bot(where, bot), product.value)
            found = suggest_plan(question, shell.now(where), archive)
        except Refusal as no:
            output.fail(no)
        if format is output.Format.JSON:
            output.print_json(_json(found))
        else:
            _show(found, money.symbol(where.currency))


def _json(found: Suggestion) -> dict[str, Any]:
    return {
        "bot": found.question.bot.public_id,
        "product": found.question.product,
        "cycles": [
            asdict(period) | asdict(used)
            for period, used in zip(found.cycles, found.used, strict=True)
        ],
        "days_of_usage": found.days_of_usage,
        "is_enough": found.is_enough,
        "options": [_option(one) for one in found.options],
    }


def _option(one: Option) -> dict[str, Any]:
    has = one.bill.terms
    return {
        "key": has.offer.key if has else None,
        "version": one.offered.number if one.offered else None,
        "cadence": has.cadence if has else None,
        "seats": has.seats if has else 0,
        "total_micro": one.bill.total_micro,
        "cycles_micro": one.bill.cycles_micro,
        "difference_micro": one.difference_micro,
        "parts": [asdict(part) for part in one.bill.parts],
        "exceeded": [asdict(each) for each in one.exceeded],
        "lost": one.lost,
        "is_open": one.is_open,
        "is_current": one.is_current,
        "is_cheapest": one.is_cheapest,
    }


def _show(found: Suggestion, symbol: str) -> None:
    zone = ZoneInfo(found.time_zone)
    first, end = (
        at.astimezone(zone).date() for at in (found.cycles[0].start, found.cycles[-1].end)
    )
    days = (end - first).days
    title = PRODUCT_TITLES[found.question.product]
    typer.echo(f"{found.question.bot.name}, {title}: {days} days from {first} ({zone.key})")
    if not found.is_enough:
        words = f"There is usage of {found.days_of_usage} days only: of fewer than {ENOUGH_DAYS},"
        typer.echo(f"{words} no suggestion can be relied on.")
    rows = [_row(one, symbol) for one in found.options]
    titles = ("Option", "Fee", "Seats", "Usage", f"{days} days", "Difference", "Remarks")
    output.show(output.listing(titles, rows, folded=(0, len(titles) - 1)))


def _row(one: Option, symbol: str) -> list[str]:
    has, bill = one.bill.terms, one.bill
    name = "as it goes"
    if one.offered and has:
        version = "" if one.offered.is_sold else f" version {one.offered.number}"
        name = f"{has.offer.title}{version}, {has.cadence}"
    sums = [
        sum(part.amount_micro for part in bill.parts if part.what in several)
        for several in (("fee",), ("seats", "overage"), ("usage",))
    ]
    amounts = (*sums, bill.total_micro, one.difference_micro)
    return [name, *(money.shown(amount, symbol) for amount in amounts), _remarks(one)]


def _remarks(one: Option) -> str:
    words = ["cheapest"] if one.is_cheapest else []
    words += ["now"] if one.is_current else []
    words += [] if one.is_open else ["no longer sold"]
    words += [f"exceeds {each.limit}: {each.used:,} of {each.allowed:,}" for each in one.exceeded]
    words += [f"without {name}" for name in one.lost]
    return "; ".join(words)
