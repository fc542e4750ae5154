"""The command line, put together. Run by `main`, which sees to the database first."""

import quartermaster.conf.ready  # noqa: F401  # isort: skip

import os
import sys
import time
from pathlib import Path

import psycopg
import structlog
import typer
from django.core.management import call_command
from django.db import InternalError, OperationalError, ProgrammingError
from procrastinate.contrib.django import app as procrastinate_app
from procrastinate.exceptions import ConnectorException
from psycopg.errors import UndefinedColumn, UndefinedTable

from quartermaster.adapters import catalog_file, demo_month, embedded_postgres, event_files
from quartermaster.adapters.bank_statements import formats as bank_formats
from quartermaster.adapters.event_log.table import EventTable
from quartermaster.conf import clock, environment, logs, wiring
from quartermaster.core.errors import Refusal
from quartermaster.core.money import MICRO
from quartermaster.interfaces.cli import (
    credit,
    estimate,
    output,
    people,
    proof,
)
from quartermaster.interfaces.cli.billing import contracts, funds, invoices, parties, reconciling
from quartermaster.interfaces.cli.choices import Shell
from quartermaster.interfaces.cli.events import archives, imports
from quartermaster.interfaces.cli.orders import methods, notices, orders, recharge, wires
from quartermaster.interfaces.cli.plans import catalog, subscriptions, suggesting
from quartermaster.interfaces.cli.running import clocks, demo, services, standing, up
from quartermaster.interfaces.cli.usage import figures, limits, seats
from quartermaster.interfaces.jobs import tasks
from quartermaster.store.catalog import queries as catalog_queries
from quartermaster.usecases.plans.fix_voice_channels import fix_voice_channels
from quartermaster.usecases.plans.publish_prices import publish_prices
from quartermaster.usecases.usage.recount_peaks import recount_peaks

_PAID = (900, 600, 450, 300, 150, 0)
_HOME = embedded_postgres.default_home()
_DOWN_SECONDS = 1.0
_log = structlog.get_logger("jobs")


def build() -> typer.Typer:
    """Every command."""
    app = typer.Typer(
        name="quartermaster",
        help="Conversations in, billing sessions and credits out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    environment.read()  # a bad setting is told by whatever command comes first
    shell = Shell(clock.of)
    up.register(app, _installation())
    services.register(app, lambda stop: wiring.meter().run(stop), _run_jobs, _migrate)
    app.command("estimate")(estimate.build(event_files.columns))
    importer = imports.Importer(event_files.read, EventTable(), wiring.drain)
    archives.register(imports.register(app, shell, importer), shell, wiring.archive())
    figures.register(app, shell)
    seats.register(app, shell, wiring.archive())
    limits.register(app, shell, wiring.archive())
    proof.register(app, shell, catalog_queries.voice_channels, wiring.archive())
    people.register(app, shell)
    clocks.register(app, shell, wiring.works())
    credit.register(app, shell)
    catalog.register(app, shell, catalog.Files(catalog_file.read, catalog_file.write))
    suggesting.register(app, shell, wiring.archive())
    subscriptions.register(app, shell, wiring.gateways())
    orders.register(app, shell, wiring.gateways())
    methods.register(app, shell, wiring.gateways())
    recharge.register(app, shell, wiring.gateways())
    wires.register(app, shell, wiring.gateways(), bank_formats.read)
    notices.register(app)
    contracts.register(app, shell, wiring.archive())
    invoices.register(app, shell, wiring.documents())
    parties.register(app, shell)
    funds.register(app, shell)
    reconciling.register(app, shell, wiring.gateways())
    return app


def _installation() -> up.Installation:
    paid = dict(zip(demo_month.BOTS, (amount * MICRO for amount in _PAID), strict=True))
    maker = demo.Maker(
        month=lambda at: demo_month.events(seed=1, end=at),
        catalog=catalog_file.example,
        paid_micro=paid,
        log=EventTable(),
        drain=wiring.drain,
        now=clock.now,
        access_file=Path(_HOME) / "demo.json",
    )
    return up.Installation(_migrate, _commands, Path(_HOME), maker)


def _commands(host: str, port: int, meters: int) -> dict[str, list[str]]:
    """What `up` keeps running."""
    python = [sys.executable, "-m"]
    server = [*python, "granian", "--interface", "asgi", "--host", host, "--port", str(port)]
    quiet = ["--no-access-log", "--log-level", "warning", "--workers-kill-timeout", "5"]
    plain = ["--http", "1", "--no-ws"]  # so that the time limit on heads holds from the first byte
    ours = [*python, "quartermaster.conf.app"]
    keeper = {"database": [*python, "quartermaster.conf.keeper"]}
    return {
        **(keeper if os.environ.get("QUARTERMASTER_EMBEDDED") else {}),
        "server": [*server, *quiet, *plain, "quartermaster.conf.asgi:application"],
        **{f"meter {number + 1}": [*ours, "meter"] for number in range(meters)},
        "jobs": [*ours, "jobs"],
    }


def _migrate() -> services.Migrated:
    call_command("migrate", verbosity=0, interactive=False)
    settings = environment.read()
    fix_voice_channels(settings.voice_channels)
    prices = publish_prices(settings.prices, clock.now(), environment.DEFAULT_PRICES)
    return services.Migrated(prices, list(recount_peaks(wiring.archive())))


def _run_jobs() -> None:
    days = environment.read().archive_after_days
    archiving = None if days is None else tasks.Archiving(wiring.archive(), days)
    built = tasks.build(clock.of, wiring.gateways(), wiring.archive(), archiving)
    procrastinate_app.add_tasks_from(built, namespace="quartermaster")
    while True:
        connector = procrastinate_app.connector.get_worker_connector()  # type: ignore[attr-defined]
        try:
            with procrastinate_app.replace_connector(connector) as worker:
                worker.run_worker(listen_notify=False)
            return
        except (ConnectorException, psycopg.OperationalError) as failure:
            cause = failure.__cause__ or failure
            _log.warning("waiting_for_database", cause=str(cause).strip())
            time.sleep(_DOWN_SECONDS)


def _join_demo() -> None:
    """A command that is typed beside a running demo pays as it does, unless it says how."""
    if sys.argv[1:2] != ["up"] and "QUARTERMASTER_PAYMENTS" not in os.environ:
        database = os.environ.get("DATABASE_URL", "")
        os.environ.update(standing.find(Path(_HOME) / up.SANDBOX, database))


def run() -> None:
    """The entry point behind `main`."""
    is_service = sys.argv[1:2] in (["meter"], ["jobs"])
    logs.configure(is_quiet=not is_service)
    if not is_service:
        _join_demo()
    try:
        build()(prog_name="quartermaster")
    except Refusal as no:
        words = f"{no} ({no.code})"
    except (OperationalError, InternalError) as no:
        words = f"the database does not answer: {no}"
    except ProgrammingError as no:
        if not isinstance(no.__cause__, UndefinedTable | UndefinedColumn):
            raise
        words = "the database is not up to date: run `quartermaster migrate`"
    output.complain(words)
    sys.exit(2)


if __name__ == "__main__":
    run()
