"""Keeps the embedded PostgreSQL of `up` alive: ends when it died, starts it when begun again. One
that cannot start (its disk is full) is tried until it can."""

import signal
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import Final

from quartermaster.adapters import embedded_postgres
from quartermaster.adapters.embedded_postgres import EmbeddedPostgresFailed
from quartermaster.interfaces.cli.running import signals

_PAUSE_SECONDS: Final = 2.0


def main() -> None:
    """Runs until told to stop, or until the server is gone."""
    for number in signals.ends():
        signal.signal(number, _end)
    home = embedded_postgres.default_home()
    while True:
        try:
            with embedded_postgres.running(home):
                while embedded_postgres.find_running(home):
                    time.sleep(0.5)
            sys.exit("PostgreSQL has died.")
        except EmbeddedPostgresFailed as no:
            with suppress(OSError):
                print(f"{no}\nTried again in a moment.", file=sys.stderr)  # noqa: T201
            time.sleep(_PAUSE_SECONDS)


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
