"""An installation as a customer has one: the command, its processes, and HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

COMMAND = str(Path(sys.executable).with_name("quartermaster"))


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def until(holds: Callable[[], Any], seconds: float = 40, why: str = "waited in vain") -> Any:
    """What `holds` returns once it is true."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, why
        time.sleep(0.05)
    return found


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass
class Up:
    """A running `quartermaster up`."""

    process: "subprocess.Popen[str]"
    port: int
    lines: list[str] = field(default_factory=list)

    def ask(
        self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """One request on a connection of its own: a POST if it has a body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET" if body is None else "POST", path, body, headers or {})
            response = connection.getresponse()
            names = {name.lower(): text for name, text in response.getheaders()}
            return Reply(response.status, names, response.read())
        finally:
            connection.close()

    def send(self, body: bytes, headers: dict[str, str], seconds: float = 30) -> Reply:
        """Sends events as a good client does: again, until they are answered for good."""
        end = time.monotonic() + seconds
        while True:
            try:
                reply = self.ask("/v1/events", body, headers)
                if reply.status not in (429, 503):
                    return reply
            except (OSError, HTTPException):
                pass
            assert time.monotonic() < end, "nobody took the events"
            time.sleep(0.05)

    def is_ready(self) -> bool:
        """Server and database answer."""
        try:
            return self.ask("/readyz").status == 200
        except (OSError, HTTPException):
            return False

    def is_idle(self) -> bool:
        """They answer, and nothing waits for a meter."""
        try:
            return self.is_ready() and self.waiting() == 0
        except (OSError, HTTPException, ValueError):
            return False

    def waiting(self) -> float:
        """How many events wait for a meter."""
        text = self.ask("/metrics").body.decode()
        [found] = [line for line in text.splitlines() if line.startswith(_WAITING)]
        return float(found.removeprefix(_WAITING))

    def metered(self) -> None:
        """Returns when every event has been metered."""
        until(lambda: self.waiting() == 0)

    def children(self) -> list[psutil.Process]:
        """Every process below it."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ends it and everything below; its exit code."""
        below = self.children()
        self.process.send_signal(number)
        code = self.process.wait(30)
        _, left = psutil.wait_procs(below, 5)
        assert not left, left
        return code


_WAITING = "quartermaster_events_waiting "


@dataclass(frozen=True)
class Installation:
    """Commands in an environment of their own."""

    environ: dict[str, str]
    log: str | None = None
    """Where commands that go on log to; None: it is shown if the test fails."""

    def run(self, *words: object) -> "subprocess.CompletedProcess[str]":
        """What a command did."""
        return subprocess.run(
            [COMMAND, *map(str, words)],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def json(self, *words: object) -> Any:
        """What a command that succeeds answers programs."""
        done = self.run(*words, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *words: object) -> "subprocess.Popen[str]":
        """A command that goes on."""
        return self._start([COMMAND, *map(str, words)])

    def _start(self, words: list[str]) -> "subprocess.Popen[str]":
        with open(self.log, "w") if self.log else nullcontext() as log:
            return subprocess.Popen(
                words, env=self.environ, stdout=subprocess.PIPE, stderr=log, text=True
            )

    @contextmanager
    def door(self) -> Iterator[Up]:
        """The server alone."""
        port = free_port()
        words = ["granian", "--interface", "asgi", "--port", str(port), "--no-access-log"]
        application = "quartermaster.conf.asgi:application"
        up = Up(self._start([sys.executable, "-m", *words, application]), port)
        try:
            until(up.is_ready, why="it does not get ready")
            yield up
        finally:
            up.stop()

    @contextmanager
    def up(self, *words: object) -> Iterator[Up]:
        """`quartermaster up` on a free port, once it greets; ended afterwards, come what may."""
        port = free_port()
        paid = ("--sandbox-port", free_port()) if "--demo" in words else ()
        up = Up(self.start("up", "--port", port, *paid, *words), port)
        reader = threading.Thread(target=self._read, args=(up,), daemon=True)
        reader.start()
        last = "Try " if "--demo" in words else "Quartermaster is at"
        try:
            until(
                lambda: (
                    up.process.poll() is not None or any(line.startswith(last) for line in up.lines)
                ),
                why="it does not greet",
            )
            assert up.process.poll() is None, up.lines
            until(up.is_ready, why="it does not get ready")
            yield up
        finally:
            if up.process.poll() is None:
                up.stop()
            reader.join(5)

    def _read(self, up: Up) -> None:
        assert up.process.stdout is not None
        for line in up.process.stdout:
            up.lines.append(line.rstrip("\n"))

    def prove(self) -> None:
        """`quartermaster verify` is green."""
        done = self.run("verify")
        assert done.returncode == 0, done.stdout + done.stderr

    def sessions(self, workspace: str, *span: str) -> dict[str, tuple[int, int]]:
        """Each bot's billing sessions, and what it was charged in millionths."""
        found = self.json("usage", "-w", workspace, *span)["usage"]
        assert {one["unit"] for one in found} <= {"billing_session"}
        return {
            one["group"]: (one["quantity"], one["paid_micro"] + one["free_micro"]) for one in found
        }


@contextmanager
def on_the_tests_server(home: Path, **settings: str) -> Iterator[Installation]:
    """An installation with an empty database on the server of the tests."""
    server, name = os.environ["DATABASE_URL"], f"acceptance_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
        named = {
            "QUARTERMASTER_HOME": str(home),
            "DATABASE_URL": make_conninfo(server, dbname=name),
        }
        yield Installation(environ(**named, **settings))
        connection.execute(f'drop database "{name}" with (force)')


def environ(**settings: str) -> dict[str, str]:
    """This process's environment without what is ours, and these settings."""
    ours = ("QUARTERMASTER_", "DATABASE_URL", "DJANGO_", "PROMETHEUS_")
    plain = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    return plain | settings
