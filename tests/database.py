"""A pytest plugin: the PostgreSQL that the tests use.

`DATABASE_URL` names one where the tests may make their own database; without it the embedded
server runs in a temporary home for as long as the tests do.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from quartermaster.adapters import embedded_postgres

_exit = ExitStack()

if not os.environ.get("DATABASE_URL"):
    _home = _exit.enter_context(tempfile.TemporaryDirectory(prefix="quartermaster-tests-"))
    Path(_home).chmod(0o755)
    os.environ["DATABASE_URL"] = _exit.enter_context(
        embedded_postgres.running(Path(_home) / "home")
    )


def pytest_unconfigure() -> None:
    """Stops the server that was started here."""
    _exit.close()
