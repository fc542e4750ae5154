"""`quartermaster verify` and `quartermaster session`: the books are proved and explained."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from quartermaster.core import money
from quartermaster.core.errors import Refusal
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, From, Shell, To, WorkspaceName
from quartermaster.store.metering import lookups
from quartermaster.store.people import queries as people
from quartermaster.store.wallets.lookups import PricedCharge
from quartermaster.usecases.ports import EventArchive
from quartermaster.usecases.proof.explain_session import Explanation, explain_session
from quartermaster.usecases.proof.verify_books import Verdict, verify_books

_SHOWN = 20
_TIME = "%Y-%m-%d %H:%M:%S"
Most = Annotated[int, typer.Option(min=1, help="Findings shown per check")]
Number = Annotated[int, typer.Argument(min=1, help="Its number, as `session list` has it")]
BotName = Annotated[
    str | None, typer.Option("--bot", callback=choices.not_empty, help="Name or id; by default all")
]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="Sessions shown")]


def register(
    app: typer.Typer,
    shell: Shell,
    voice_channels: Callable[[], frozenset[str]],
    archive: EventArchive,
) -> None:
    """Adds the commands."""
    group = typer.Typer(help="See what was charged, and for what.", no_args_is_help=True)
    group.command("list")(_list(shell))
    group.command("show")(_show_session(archive))
    app.add_typer(group, name="session")

    @app.command()
    def verify(most: Most = _SHOWN, format: Format = output.Format.TABLE) -> None:  # noqa: A002
        """Prove that every figure follows from the events and transfers; exit 1 if one does not."""
        verdicts = []
        with output.waiting("Verifying"):
            for verdict in verify_books(voice_channels(), archive):
                verdicts.append(verdict)
                if format is output.Format.TABLE:
                    _show(verdict, most)
        is_green = not any(verdict.findings for verdict in verdicts)
        if format is output.Format.JSON:
            checks = [
                {
                    "check": one.check,
                    "holds": not one.findings,
                    "count": len(one.findings),
                    "findings": [asdict(finding) for finding in one.findings[:most]],
                }
                for one in verdicts
            ]
            output.print_json({"holds": is_green, "checks": checks})
        raise typer.Exit(0 if is_green else 1)


def _show(verdict: Verdict, most: int) -> None:
    what = verdict.check.replace("_", " ")
    typer.echo(f"{'FAILS' if verdict.findings else 'holds'}  {what}")
    for finding in verdict.findings[:most]:
        typer.echo(f"       {finding.id}: {finding.detail}")
    if len(verdict.findings) > most:
        typer.echo(f"       … and {len(verdict.findings) - most:,} more")


def _list(shell: Shell) -> Any:
    def sessions(
        workspace: WorkspaceName = None,
        bot: BotName = None,
        start: From = None,
        end: To = None,
        limit: Limit = 50,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """The first sessions of a time that stand; by default of this month so far."""
        where = choices.workspace(workspace)
        zone = ZoneInfo(where.time_zone)
        period = choices.period(start, end, zone, shell.now(where))
        try:
            bots = people.bots_of(where) if bot is None else [people.get_bot(where, bot)]
        except Refusal as no:
            output.fail(no)
        found = lookups.sessions([each.id for each in bots], period, limit)
        if format is output.Format.JSON:
            output.print_json({"sessions": [asdict(one) for one in found]})
        else:
            _show_list(found, zone)

    return sessions


def _show_list(found: list[lookups.SessionLine], zone: ZoneInfo) -> None:
    rows = [
        (
            f"{one.id}",
            f"{one.start_at.astimezone(zone):{_TIME}}",
            one.bot,
            one.unit,
            one.conversation or one.user or "-",
            one.channel or "-",
        )
        for one in found
    ]
    titles = ("Session", "Start", "Bot", "Unit", "Conversation or user", "Channel")
    output.show(_times(zone), output.listing(titles, rows, (2, 4, 5)))


def _times(zone: ZoneInfo) -> Table:
    return output.facts([("Time zone", zone.key)])


def _show_session(archive: EventArchive) -> Any:
    def show(session: Number, format: Format = output.Format.TABLE) -> None:  # noqa: A002
        """What a session is made of: conversation, charge, messages; never their text."""
        try:
            found = explain_session(session, archive)
        except Refusal as no:
            output.fail(no)
        if format is output.Format.JSON:
            output.print_json(asdict(found))
        else:
            where = people.get_workspace(found.session.workspace)
            _show_explanation(found, ZoneInfo(where.time_zone))

    return show


def _price(charge: PricedCharge, local: Callable[[datetime], str]) -> str:
    if charge.price is not None:
        return f"{money.exact(charge.price.amount)} since {local(charge.price.from_at)}"
    return f"the price of {charge.plan.key}, version {charge.plan.number}" if charge.plan else "-"


def _show_explanation(found: Explanation, zone: ZoneInfo) -> None:
    def local(at: datetime) -> str:
        return f"{at.astimezone(zone):{_TIME}}"

    one = found.session
    stands = "stands" if one.withdrawn_at is None else f"withdrawn at {local(one.withdrawn_at)}"
    facts = {
        "Time zone": zone.key,
        "Session": f"{one.id}, {one.unit}, {stands}",
        "Bot": f"{one.bot_name} ({one.bot})",
        "Conversation": one.conversation or "-",
        "User": one.user or "-",
        "Channel": one.channel or "-",
        "Block": f"{local(one.start_at)} to {local(found.end_at)}",
    }
    if one.conversation_start_at and one.conversation_end_at:
        span = f"{local(one.conversation_start_at)} to {local(one.conversation_end_at)}"
        facts["Conversation lasted"] = f"{span}, {one.messages} messages"
    for charge in found.charges:
        symbol = money.symbol(charge.currency)
        amount = money.shown(charge.amount_micro, symbol)
        words = f"{amount}: {charge.quantity} at {_price(charge, local)}"
        draws = (f"{money.shown(draw.amount_micro, symbol)} {draw.source}" for draw in charge.draws)
        facts[f"Charge {charge.id}"] = f"{words}; {', '.join(draws)}"
    output.show(output.facts(facts.items()))
    rows = [
        (local(each.at), each.type, each.sender or "-", each.channel or "-")
        for each in found.messages
    ]
    output.show(output.listing(("Time", "Type", "Sender", "Channel"), rows, (3,)))
