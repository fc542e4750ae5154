"""`quartermaster meter` and `quartermaster jobs`: the processes beside the server."""

import signal
from collections.abc import Callable

import typer

from quartermaster.interfaces.cli import output


class Stop:
    """Becomes true at SIGTERM or SIGINT, so that work at hand is finished first."""

    def __init__(self) -> None:
        self.is_set = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(self, "is_set", True))

    def __call__(self) -> bool:
        return self.is_set


def register(
    app: typer.Typer,
    meter: Callable[[Callable[[], bool]], None],
    jobs: Callable[[], None],
    migrate: Callable[[], int],
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
            prices = migrate()
        typer.echo(f"The database is up to date; prices published: {prices}.")
