"""A Quartermaster of its own for a bench: database, workspace, and processes if asked for."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from quartermaster.adapters import embedded_postgres

_exit = ExitStack()


def start_database() -> str:
    """Starts the embedded PostgreSQL in a temporary home, once; its URL."""
    if "DATABASE_URL" not in os.environ:
        home = Path(tempfile.mkdtemp(prefix="quartermaster-bench-"))
        home.chmod(0o711)
        _exit.callback(shutil.rmtree, home, ignore_errors=True)
        url = _exit.enter_context(embedded_postgres.running(home / "home"))
        os.environ["DATABASE_URL"] = url
    return os.environ["DATABASE_URL"]


def stop_database() -> None:
    """Stops what `start_database` started."""
    _exit.close()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def serving(meters: int = 1) -> Iterator[int]:
    """`quartermaster up` with so many meters (0: server alone); yields its port."""
    port = free_port()
    environment = os.environ | {"QUARTERMASTER_LOG_LEVEL": "error"}
    if meters:
        words = ["-m", "quartermaster.conf.app", "up", "--port", str(port)]
        words += ["--meters", str(meters)]
    else:
        words = ["-m", "granian", "--interface", "asgi", "--port", str(port)]
        words += ["--no-access-log", "--log-level", "error", "--http", "1", "--no-ws"]
        words += ["quartermaster.conf.asgi:application"]
    process = subprocess.Popen([sys.executable, *words], env=environment)
    try:
        _wait(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(port: int, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the server did not come up")
