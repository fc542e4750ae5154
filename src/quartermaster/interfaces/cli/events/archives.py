"""`quartermaster events archive`."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from quartermaster.core.errors import Refusal
from quartermaster.core.usage import horizon
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.people import queries as people
from quartermaster.usecases.archive.archive_events import Progress, Step, archive_events
from quartermaster.usecases.ports import EventArchive

Before = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Events of the months (UTC) before this day's month"),
]
OlderThan = Annotated[
    int | None,
    typer.Option(
        "--older-than",
        min=horizon.KEPT.days,
        max=36_500,
        metavar="DAYS",
        help="The same, before the month of so many days ago",
    ),
]
_LATER = {
    Step.WAITING: "events wait for a meter: run it again when they are metered",
    Step.IMPORTING: "an import goes on or was broken off: run the import again, then this",
    Step.CHANGED: "events came in meanwhile: run it again",
    Step.BUSY: "somebody else archives this workspace now",
}


def register(group: typer.Typer, shell: Shell, archive: EventArchive) -> None:
    """Adds the command to those about events."""

    @group.command("archive")
    def archive_old(
        workspace: WorkspaceName = None,
        before: Before = None,
        older_than: OlderThan = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Move old events from the database to files; by default all that may be, of all
        workspaces whose clock runs. Can be broken off and run again."""
        where = None if workspace is None else choices.workspace(workspace)
        at = shell.now(where)
        wanted = people.running_workspaces() if where is None else [where]
        try:
            end = horizon.horizon(_before(before, older_than, at), at)
            steps = []
            with output.waiting("Archiving") as say:
                for each in wanted:
                    for step in archive_events(archive, each, end, at):
                        say(_words(step))
                        steps += [] if step.step is Step.DROPPING else [step]
        except Refusal as no:
            output.fail(no)
        _answer(format, end, steps)


def _before(before: datetime | None, days: int | None, at: datetime) -> datetime | None:
    if before is not None and days is not None:
        raise typer.BadParameter("give --before or --older-than, not both")
    if days is not None:
        return at - timedelta(days=days)
    return None if before is None else before.replace(tzinfo=UTC)


def _words(progress: Progress) -> str:
    month = f"{progress.month:%Y-%m}" if progress.month else ""
    done = f"{progress.dropped:,} of {progress.rows:,} events" if progress.rows else ""
    return f"Archiving {progress.workspace.name} {month} {done}".rstrip()


def _answer(form: output.Format, end: datetime, steps: list[Progress]) -> None:
    if form is output.Format.JSON:
        lines: list[dict[str, Any]] = [
            {
                "workspace": one.workspace.public_id,
                "month": f"{one.month:%Y-%m}" if one.month else None,
                "step": one.step,
                "events": one.rows,
                "path": one.path or None,
            }
            for one in steps
        ]
        output.print_json({"before": end, "months": lines})
        return
    typer.echo(f"Events from before {end:%Y-%m-%d} (UTC)")
    if not steps:
        typer.echo("There is nothing to archive.")
        return
    rows = [
        (
            one.workspace.name,
            f"{one.month:%Y-%m}" if one.month else "-",
            f"{one.rows:,}" if one.rows else "-",
            one.path or _LATER[one.step],
        )
        for one in steps
    ]
    output.show(output.listing(("Workspace", "Month", "Events", "File"), rows, (0, 3)))
