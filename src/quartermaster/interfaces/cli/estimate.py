"""`quartermaster estimate FILE`: what past messages would have cost, without a database."""

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.interfaces.cli import choices, output
from quartermaster.usecases.usage import estimate_sessions
from quartermaster.usecases.usage.estimate_sessions import Estimate, EventColumns


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or not 0 <= price <= 1_000_000:
        raise typer.BadParameter(f"{text!r} is no price from 0 to 1000000, such as 0.20")
    return price


File = Annotated[
    Path,
    typer.Argument(dir_okay=False, help="Event log: .csv, .ndjson or .parquet, also .gz"),
]
Inactivity = Annotated[
    Any,
    typer.Option(
        parser=choices.inactivity_seconds,
        metavar="DURATION",
        help="Silence longer than this starts a new conversation (5m to 14d)",
    ),
]
Price = Annotated[
    Any, typer.Option(parser=_price, metavar="AMOUNT", help="Price of one billing session")
]
VoiceChannel = Annotated[list[str], typer.Option(help="A channel that is voice; may be repeated")]
Format = Annotated[output.Format, typer.Option(help="For people or for programs")]


def build(columns: Callable[[Path], EventColumns]) -> Callable[..., None]:
    """The command, given what reads a file into columns."""

    def estimate(
        file: File,
        inactivity: Inactivity = "15m",
        price: Price = "0.20",
        voice_channel: VoiceChannel = ["voice"],  # noqa: B006 - Typer copies it
        format: Format = output.Format.TABLE,  # noqa: A002 - the option's name
    ) -> None:
        """Count the billing sessions in a file of past events, and what they would have cost."""
        try:
            with output.waiting(f"Reading {file.name}"):
                log = columns(file)
        except Refusal as no:
            output.fail(no)
        found = estimate_sessions.estimate_sessions(log, inactivity, price, voice_channel)
        if format is output.Format.JSON:
            output.print_json(_plain(found))
        else:
            _show(found)

    return estimate


def _plain(found: Estimate) -> dict[str, Any]:
    plain = asdict(found)
    for part in (plain, *plain["bots"]):
        part["cost"] = money.exact_micro(part["cost_micro"])
    return plain


def _show(found: Estimate) -> None:
    totals = {
        "Messages": found.messages,
        "Conversations": found.conversations,
        "  with a message of the user": found.interactive_conversations,
        "Billing sessions": found.sessions,
    }
    apart = {
        "Voice sessions": found.voice_sessions,
        "Developer messages": found.developer_messages,
        "Other events": found.other_events,
        "Duplicates": found.duplicates,
        "Conflicting duplicates": found.conflicting,
        "Rejected rows": found.rejected,
    }
    totals.update({name: count for name, count in apart.items() if count})
    lines = [(name, f"{count:,}") for name, count in totals.items()]
    summary = output.facts([*lines, ("Cost", money.shown(found.cost_micro))])
    titles = ("Bot", "Messages", "Conversations", "Sessions", "Cost")
    rows = [
        (
            bot.bot,
            *(f"{count:,}" for count in (bot.messages, bot.conversations, bot.sessions)),
            money.shown(bot.cost_micro),
        )
        for bot in found.bots
    ]
    output.show(summary, *([output.listing(titles, rows)] if rows else []))
