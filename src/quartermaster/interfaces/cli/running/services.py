"""`quartermaster meter` and `quartermaster jobs`: the processes beside the server."""

import signal
from collections.abc import Callable
from dataclasses import dataclass, field

import typer

from quartermaster.core import money
from quartermaster.interfaces.cli import output
from quartermaster.interfaces.cli.running import signals
from quartermaster.usecases.plans.publish_prices import PriceChange
from quartermaster.usecases.usage.recount_peaks import Recount


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was done besides migrations."""

    prices: list[PriceChange]
    recounts: list[Recount] = field(default_factory=list)


class Stop:
    """Becomes true at SIGTERM, SIGINT or SIGHUP, so that work at hand is finished first."""

    def __init__(self) -> None:
        self.is_set = False
        for number in signals.ends():
            signal.signal(number, lambda *_: setattr(self, "is_set", True))

    def __call__(self) -> bool:
        return self.is_set


def register(
    app: typer.Typer,
    meter: Callable[[Callable[[], bool]], None],
    jobs: Callable[[], None],
    migrate: Callable[[], Migrated],
) -> None:
    """Adds the commands."""

    @app.command("meter")
    def run_meter() -> None:
        """Run one meter until stopped; several may run."""
        meter(Stop())

    @app.command("jobs")
    def run_jobs() -> None:
        """Run the scheduled jobs until stopped."""
        jobs()

    @app.command("migrate")
    def run_migrate() -> None:
        """Bring the database up to date and publish the configured prices."""
        with output.waiting("Migrating"):
            made = migrate()
        show(made)
        typer.echo(f"The database is up to date; prices published: {len(made.prices)}.")


def show(made: Migrated) -> None:
    """A line for each price that changed, or that is the first of its unit and not zero; and for
    each workspace whose peaks were counted, or could not be."""
    for recount in made.recounts:
        if recount.refusal is None:
            typer.echo(f"{recount.workspace}: peaks of seats counted again")
        else:
            no = recount.refusal
            output.complain(f"{recount.workspace}: peaks of seats not counted: {no} ({no.code})")
    for one in made.prices:
        after = f"${money.exact(one.after)}"
        if one.before is not None:
            typer.echo(f"{one.unit}: ${money.exact(one.before)} → {after}")
        elif one.after:
            typer.echo(f"{one.unit}: {after}")
