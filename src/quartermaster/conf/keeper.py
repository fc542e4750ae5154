"""Keeps the embedded PostgreSQL of `up` alive: ends when it died, starts it when begun again."""

import signal
import sys
import time
from types import FrameType

from quartermaster.adapters import embedded_postgres
from quartermaster.interfaces.cli.running import signals


def main() -> None:
    """Runs until told to stop, or until the server is gone."""
    for number in signals.ends():
        signal.signal(number, _end)
    home = embedded_postgres.default_home()
    with embedded_postgres.running(home):
        while embedded_postgres.find_running(home):
            time.sleep(0.5)
    sys.exit("PostgreSQL has died.")


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
