"""`quartermaster usage` and `quartermaster seats`: what was used."""

from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from quartermaster.core import money
from quartermaster.core.usage import events
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, From, Shell, To, WorkspaceName
from quartermaster.store.metering import figures
from quartermaster.store.metering.figures import Usage
from quartermaster.usecases.ports import EventArchive
from quartermaster.usecases.usage.count_seats import SeatCount, count_seats


class Grouping(StrEnum):
    """What figures are summed by."""

    BOT = "bot"
    CHANNEL = "channel"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class Product(StrEnum):
    """The products that agents work in."""

    CONTACT_CENTER_AI = events.PRODUCTS[2]
    AGENT_AI = events.PRODUCTS[3]


By = Annotated[Grouping, typer.Option(help="What to sum by")]
Which = Annotated[Product, typer.Option(help="Where the agents work")]
Tolerance = Annotated[
    int, typer.Option(min=0, max=44_640, help="Minutes above a level that are forgiven")
]


def register(app: typer.Typer, shell: Shell, archive: EventArchive) -> None:
    """Adds the commands."""

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

    @app.command()
    def seats(
        workspace: WorkspaceName = None,
        product: Which = Product.CONTACT_CENTER_AI,
        start: From = None,
        end: To = None,
        tolerance: Tolerance = 0,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Agent seats: the busiest moment and who was on; by default this month so far."""
        where = choices.workspace(workspace)
        period = choices.period(start, end, ZoneInfo(where.time_zone), shell.now(where))
        forgiven = timedelta(minutes=tolerance)
        found = count_seats(where.id, product.value, period, forgiven, archive)
        if format is output.Format.JSON:
            output.print_json(asdict(found))
        else:
            _show_seats(found, ZoneInfo(where.time_zone))


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


def _show_seats(found: SeatCount, zone: ZoneInfo) -> None:
    facts = [("Concurrent seats", f"{found.concurrent:,}"), ("Named seats", f"{found.named:,}")]
    if found.peak_start is not None and found.peak_end is not None:
        begun, ended = found.peak_start.astimezone(zone), found.peak_end.astimezone(zone)
        day = "" if begun.date() == ended.date() else f"{ended:%Y-%m-%d} "
        until = f"{day}{ended:%H:%M:%S}"
        facts.append(("Peak", f"{found.peak:,}"))
        facts.append(("First at", f"{begun:%Y-%m-%d %H:%M:%S} to {until}"))
        facts.append(("On then", ", ".join(found.agents)))
    output.show(output.facts(facts))
