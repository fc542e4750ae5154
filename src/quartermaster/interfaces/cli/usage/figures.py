"""`quartermaster usage`: units and credit."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from quartermaster.core import money
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, From, Shell, To, WorkspaceName
from quartermaster.store.metering import figures
from quartermaster.store.metering.figures import Usage


class Grouping(StrEnum):
    """What figures are summed by."""

    BOT = "bot"
    CHANNEL = "channel"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


By = Annotated[Grouping, typer.Option(help="What to sum by")]


def register(app: typer.Typer, shell: Shell) -> None:
    """Adds the command."""

    @app.command()
    def usage(
        workspace: WorkspaceName = None,
        start: From = None,
        end: To = None,
        by: By = Grouping.BOT,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Units and credit used; by default this month so far."""
        where = choices.workspace(workspace)
        period = choices.period(start, end, ZoneInfo(where.time_zone), shell.now(where))
        found = figures.usage(where, period, by.value, where.time_zone)
        if format is output.Format.JSON:
            span = {"workspace": where.public_id, "start": period.start, "end": period.end}
            output.print_json(span | {"by": by.value, "usage": [asdict(one) for one in found]})
        else:
            zone = ZoneInfo(where.time_zone)
            days = (period.start.astimezone(zone).date(), period.end.astimezone(zone).date())
            typer.echo(f"{where.name}, from {days[0]} to before {days[1]} ({where.time_zone})")
            _show_usage(by.value, found, money.symbol(where.currency))


def _show_usage(by: str, found: list[Usage], symbol: str) -> None:
    if not found:
        typer.echo("Nothing was used in this time; choose another with --from and --to.")
        return
    rows = [
        (
            one.group or "(none)",
            one.unit,
            f"{one.quantity:,}",
            money.shown(one.paid_micro, symbol),
            money.shown(one.free_micro, symbol),
        )
        for one in found
    ]
    output.show(output.listing((by.capitalize(), "Unit", "Quantity", "Paid", "Free"), rows))
