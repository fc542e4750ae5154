"""Starts the sandbox."""

import argparse
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from payment_sandbox import keys
from payment_sandbox.store import database, settings
from payment_sandbox.web import application

PORT = 8155
_THREADS = 4


def prepare(folder: Path, *kept: settings.Setting) -> keys.Keys:
    """Makes what the folder lacks, and keeps the settings that are given."""
    made = keys.make(folder)
    database.create(folder)
    for one in kept:
        with database.Store(folder).writing() as db:
            settings.keep(db, one)
    return made


def run(host: str, port: int, folder: Path, *kept: settings.Setting) -> None:
    """Serves the folder until SIGINT or SIGTERM, from a program's main thread. Its keys are in
    `keys.json` before the port opens; `/health` answers as soon as it does."""
    folder = folder.resolve()
    prepare(folder, *kept)
    words = f"Payment sandbox: http://{host}:{port}, keys in {folder / keys.FILE}"
    print(words, flush=True)  # noqa: T201
    server = Granian(
        target=str(folder),
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=_THREADS,
        backlog=1024,
        log_level=LogLevels.warning,
        log_access=False,
        websockets=False,
        workers_kill_timeout=1,
    )
    server.serve(target_loader=application.load)


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="payment_sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--folder", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--webhook-url", help="where notices go; without it as it was set last")
    parser.add_argument("--first-retry-seconds", type=float, default=2.0)
    parser.add_argument("--merchant", help="who sells, for buyers; without it as it was set last")
    given = parser.parse_args()
    kept: list[settings.Setting] = []
    if given.webhook_url is not None:
        kept.append(settings.Sending(given.webhook_url, given.first_retry_seconds))
    if given.merchant is not None:
        kept.append(settings.Merchant(given.merchant))
    run(given.host, given.port, given.folder, *kept)
