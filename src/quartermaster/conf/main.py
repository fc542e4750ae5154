"""The `quartermaster` command: sees to a database, then runs the command line.

With `DATABASE_URL` set that PostgreSQL is used; otherwise an embedded one runs as long as needed.
"""

import os
import runpy
import signal
import sys
from types import FrameType
from typing import Final

from quartermaster.adapters import embedded_postgres
from quartermaster.adapters.embedded_postgres import EmbeddedPostgresFailed
from quartermaster.interfaces.cli.running import signals

_HELP: Final = {"--help", "-h"}
_APP: Final = "quartermaster.conf.app"


def main() -> None:
    """Runs the command line."""
    words = sys.argv[1:]
    home = embedded_postgres.default_home()
    is_alone = not words or words[0] == "estimate" or words[:2] == ["catalog", "check"]
    is_alone = is_alone or bool(_HELP & set(words))
    if os.environ.get("DATABASE_URL") or is_alone:
        runpy.run_module(_APP, run_name="__main__", alter_sys=True)
        return
    for number in signals.ends():
        if number != signal.SIGINT:  # which Python makes an exception by itself
            signal.signal(number, _end)
    try:
        with embedded_postgres.running(home) as url:
            os.environ["DATABASE_URL"] = url
            os.environ["QUARTERMASTER_EMBEDDED"] = "1"
            runpy.run_module(_APP, run_name="__main__", alter_sys=True)
    except EmbeddedPostgresFailed as no:
        sys.exit(f"Error: {no}")
    except KeyboardInterrupt:
        sys.exit(130)


def _end(number: int, frame: FrameType | None) -> None:
    """Ends by an exception, so that the embedded database is stopped on the way out."""
    sys.exit(128 + number)
