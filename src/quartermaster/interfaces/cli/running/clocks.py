"""`quartermaster clock show|freeze|advance`."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles import clocks
from quartermaster.core.lifecycles.clocks import Span
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.clocks.advance_clock import Advanced, advance_clock
from quartermaster.usecases.clocks.freeze_clock import freeze_clock
from quartermaster.usecases.clocks.works import Works

To = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Such as 2027-01-31 or 2027-01-31T09:30; local if no offset"),
]
By = Annotated[
    str | None,
    typer.Option(metavar="SPAN", help="Such as P1M, P2W, P30D or PT12H, by the local calendar"),
]


def register(app: typer.Typer, shell: Shell, works: Works) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The clock of a test workspace.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="clock")
    group.command("show")(_show(shell))
    group.command("freeze")(_freeze(shell))
    group.command("advance")(_advance(shell, works))


def _show(shell: Shell) -> Any:
    def show(
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """What time it is for a workspace."""
        where = choices.workspace(workspace)
        _answer(format, where, shell.now(where), where.frozen_at is not None)

    return show


def _freeze(shell: Shell) -> Any:
    def freeze(
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Stop the clock of a test workspace, for good: from then on it is moved by hand."""
        where = choices.workspace(workspace)
        try:
            at = freeze_clock(where, shell.now(where))
        except Refusal as no:
            output.fail(no)
        _answer(format, where, at, is_frozen=True)

    return freeze


def _advance(shell: Shell, works: Works) -> Any:
    def advance(
        to: To = None,
        by: By = None,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Move the clock of a test workspace on, and do what its jobs would in that time."""
        where = choices.workspace(workspace)
        try:
            end = _end(to, by, ZoneInfo(where.time_zone))
            with output.waiting("Moving the clock on"):
                done = advance_clock(works, where, end, shell.now(where))
        except Refusal as no:
            output.fail(no)
        _tell(format, done, ZoneInfo(where.time_zone))

    return advance


def _end(to: str | None, by: str | None, zone: ZoneInfo) -> datetime | Span:
    if (to is None) == (by is None):
        raise typer.BadParameter("give either --to or --by")
    if by is not None:
        return clocks.span(by)
    try:
        at = datetime.fromisoformat(to or "")
        return at if at.tzinfo else at.replace(tzinfo=zone)
    except ValueError:
        words = f"{to!r} is no time such as 2027-01-31 or 2027-01-31T09:30"
        raise typer.BadParameter(words) from None


def _answer(form: output.Format, where: Workspace, at: datetime, is_frozen: bool) -> None:
    if form is output.Format.JSON:
        told = {"is_frozen": is_frozen, "is_test": where.is_test, "time_zone": where.time_zone}
        output.print_json({"at": at.isoformat(), **told})
        return
    shown = output.time(at, ZoneInfo(where.time_zone))
    output.answer(form, {"time": shown, "stands": "yes" if is_frozen else "no"})


def _tell(form: output.Format, done: Advanced, zone: ZoneInfo) -> None:
    if form is output.Format.JSON:
        happened = [
            {"at": one.at.isoformat(), "what": one.what, "which": one.which}
            for one in done.happened
        ]
        bounds = {"start": done.start.isoformat(), "end": done.end.isoformat()}
        output.print_json({**bounds, "happened": happened})
        return
    if done.happened:
        rows = [
            (output.time(one.at, zone), one.what.replace("_", " "), one.which)
            for one in done.happened
        ]
        output.show(output.listing(("Time", "What", "Which"), rows, (2,)))
    typer.echo(f"The clock stands at {output.time(done.end, zone)}.")
