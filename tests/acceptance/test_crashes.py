"""kill -9 at any moment: what was answered 202 counts, and counts once."""

import itertools
import os
import random
import signal
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from tests.acceptance import messages
from tests.acceptance.installation import Installation, Up, until
from tests.acceptance.messages import Row

KINDS = ("database", "meter", "server", "meter", "database", "meter", "worker", "meter")
BOTS = ("helpdesk", "bookings")


def batch(sender: int, number: int, chance: random.Random) -> list[Row]:
    """Messages of the last days in conversations that other batches take part in."""
    now = datetime.now(UTC)
    return [
        {
            "id": f"{sender}-{number}-{place}",
            "time": (now - timedelta(seconds=chance.randrange(3 * 86_400))).isoformat(),
            "bot": chance.choice(BOTS),
            "user": f"u{chance.randrange(40)}",
            "direction": chance.choice(("inbound", "outbound")),
        }
        for place in range(chance.choice((1, 5, 50)))
    ]


class Senders:
    """Two clients that send, and send again, with a rest in between, until told to stop."""

    def __init__(self, up: Up, key: str, rest_seconds: float) -> None:
        self.answered: dict[str, list[Row]] = {}
        self.failures: list[BaseException] = []
        self._up, self._key, self._rest_seconds = up, key, rest_seconds
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(one,)) for one in range(2)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Lets them finish what they have in hand."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
        assert not self.failures, self.failures

    def _run(self, sender: int) -> None:
        chance = random.Random(sender)
        number = 0
        try:
            while not self._stop.is_set():
                rows, name = batch(sender, number, chance), f"r{sender}-{number}"
                form = chance.choice((messages.as_json, messages.as_ndjson))
                body, headers = form(rows)
                headers |= {"Authorization": f"Bearer {self._key}", "X-Request-Id": name}
                reply = self._up.send(body, headers, 60)
                assert reply.status == 202, reply
                self.answered[name] = rows
                number += 1
                time.sleep(self._rest_seconds)
        except BaseException as failure:
            self.failures.append(failure)


def victims(up: Up, kind: str) -> list[psutil.Process]:
    """The processes of a kind, the oldest first; workers are below the server."""
    found = sorted(psutil.Process(up.process.pid).children(), key=psutil.Process.create_time)
    words = {one: cmdline(one) for one in found}
    if kind == "meter":
        return [one for one in found if words[one][-1:] == ["meter"]]
    servers = [one for one in found if "granian" in words[one]]
    if kind == "server":
        return servers
    return [worker for server in servers for worker in server.children(recursive=True)]


def cmdline(process: psutil.Process) -> list[str]:
    """None of one that has just died."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def strike(up: Up, kind: str, home: Path) -> None:
    """Kills one process of a kind, without a word."""
    if kind == "database":
        postmaster = home / "postgres" / "cluster" / "postmaster.pid"
        os.kill(int(postmaster.read_text().split()[0]), signal.SIGKILL)
    else:
        oldest = until(lambda: victims(up, kind))[0]
        oldest.send_signal(signal.SIGKILL)


def storm(ours: Installation, kinds: Iterable[str], pause: float, tmp_path: Path) -> None:
    """Kills while two clients send; then everything answered is there once, and nothing else."""
    ours.json("workspace", "create", "sent")
    for bot in BOTS:
        ours.json("bot", "create", bot)
    key = ours.json("key", "create")["secret"]
    chance = random.Random(3)
    with ours.up("--meters", 2) as up:
        senders = Senders(up, key, pause / 100)
        for kind in kinds:
            time.sleep(chance.uniform(0.2, 1) * pause)
            strike(up, kind, Path(ours.environ["QUARTERMASTER_HOME"]))
            assert up.process.poll() is None
            until(up.is_ready, 60)
        senders.stop()
        time.sleep(1)  # the last one's orphans may still answer
        until(up.is_idle, 60)
        allowed = {"Authorization": f"Bearer {key}"}
        for name, rows in senders.answered.items():
            found = up.ask(f"/v1/events/requests/{name}", headers=allowed).json
            assert all(one["is_metered"] and not one["conflicts"] for one in found), found
            assert sum(one["stored"] for one in found) == len(rows), (name, found)
    assert len(senders.answered) > 50
    ours.prove()
    path = messages.save(
        tmp_path / "answered.csv", [row for rows in senders.answered.values() for row in rows]
    )
    ours.json("workspace", "create", "again")
    ours.json("events", "import", path, "-w", "again", "--create-bots")
    week = ("--from", (datetime.now(UTC) - timedelta(days=7)).date().isoformat())
    assert ours.sessions("sent", *week) == ours.sessions("again", *week)


def test_kill_9_loses_nothing_and_doubles_nothing(ours: Installation, tmp_path: Path) -> None:
    storm(ours, ("server", "meter", "meter", "worker", "meter") * 2, 0.6, tmp_path)


def test_kill_9_of_the_database_too(at_home: Installation, tmp_path: Path) -> None:
    """`make torture` has it go on for hundreds of rounds; then it takes its time, for `up` gives up
    on a process that dies five times in a minute."""
    rounds = int(os.environ.get("QUARTERMASTER_TORTURE_ROUNDS", "3"))
    assert at_home.run("migrate").returncode == 0
    kinds = itertools.islice(itertools.cycle(KINDS), rounds)
    storm(at_home, kinds, 1 if rounds < 10 else 10, tmp_path)


def test_two_meters_and_two_imports_at_once(ours: Installation, tmp_path: Path) -> None:
    chance = random.Random(5)
    ours.json("workspace", "create", "sent")
    parts = [
        [row for number in range(60) for row in batch(part, number, chance)] for part in (1, 2)
    ]
    halves = [messages.save(tmp_path / f"{place}.csv", part) for place, part in enumerate(parts)]
    whole = messages.save(tmp_path / "whole.csv", parts[0] + parts[1])
    meters = [ours.start("meter") for _ in range(2)]
    words = ("events", "import", "-w", "sent", "--create-bots")
    imports = [ours.start(*words, path) for path in (*halves, halves[0])]
    assert [one.wait(60) for one in imports] == [0, 0, 0]
    for one in meters:
        assert one.poll() is None
        one.terminate()
    assert [one.wait(20) for one in meters] == [0, 0]
    ours.json("workspace", "create", "again")
    ours.json("events", "import", whole, "-w", "again", "--create-bots")
    week = ("--from", (datetime.now(UTC) - timedelta(days=7)).date().isoformat())
    assert ours.sessions("sent", *week) == ours.sessions("again", *week) != {}
    ours.prove()
