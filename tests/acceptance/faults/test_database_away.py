"""The database is stopped, or its disk is full: clients wait, and nothing else has to be done."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from quartermaster.adapters import embedded_postgres
from tests.acceptance.faults.site import Client, Site, past, refused
from tests.acceptance.installation import Installation, Up, until


@pytest.fixture(scope="module")
def up(site: Site, client: Client) -> Iterator[Up]:
    """One whose own log is on a full disk all the time. In the end all that the client sent has
    counted, and the books hold."""
    with replace(site.ours, log="/dev/full").up("--meters", 2) as found:
        client.up = found
        yield found
        client.settle()
        client.prove()


def test_a_database_that_is_stopped_is_waited_for(
    site: Site, up: Up, client: Client, tmp_path: Path
) -> None:
    file, processes = past(tmp_path / "past.csv", "stopped", 5), up.children()
    words = ("events", "import", file, "-w", "sent", "--create-bots")
    client.send()
    site.postgres.stop()
    for _ in range(3):
        refused(client.try_once())
    assert up.ask("/readyz").status == 503
    broken = site.ours.run(*words)
    assert (broken.returncode, broken.stdout) == (2, "")
    assert broken.stderr.startswith("Error: the database does not answer: ")
    site.postgres.start()
    client.try_again()
    assert site.ours.run(*words).returncode == 0
    client.settle()
    assert site.used()["stopped"] == {"billing_session": 5}
    assert up.children() == processes, "nobody had to be started again"


def test_a_full_disk_is_waited_for(site: Site, up: Up, client: Client, tmp_path: Path) -> None:
    postgres, processes = site.postgres, up.children()
    file = past(tmp_path / "past.csv", "full", 5_000)
    words = ("events", "import", file, "-w", "sent", "--create-bots")
    client.send()
    postgres.fill()
    calls = 200 if postgres.has_disk else 4_000
    until(lambda: client.try_once(calls).status == 503)
    for _ in range(3):
        client.try_once(calls)
    broken = site.ours.run(*words)
    assert (broken.returncode, broken.stdout) == (2, ""), broken
    assert "Check free disk space" in broken.stderr
    use_up_the_log(site)
    for _ in range(3):
        client.try_once(calls)
    assert client.open
    assert up.ask("/healthz").status == 200
    postgres.make_room()
    client.try_again()
    again = site.ours.run(*words)
    assert again.returncode == 0, again.stderr
    client.settle(90)
    assert site.used()["full"] == {"billing_session": 5_000}
    assert up.children() == processes, "nobody had to be started again"


def use_up_the_log(site: Site) -> None:
    """PostgreSQL needs a new file for its log, and ends itself because there is none."""

    def has_ended() -> bool:
        with suppress(psycopg.Error):
            site.order("select pg_logical_emit_message(false, '', 'x')", "select pg_switch_wal()")
        return site.postgres.said("PANIC") > 0

    if site.postgres.has_disk:
        until(has_ended)


def keeper(ours: Installation, log: Path) -> "subprocess.Popen[bytes]":
    """What keeps the embedded database of `up` alive."""
    words = [sys.executable, "-m", "quartermaster.conf.keeper"]
    with log.open("w") as said:
        return subprocess.Popen(words, env=ours.environ, stderr=said)


def test_an_embedded_database_that_cannot_start_is_tried_until_it_can(
    at_home: Installation, home: Path, tmp_path: Path
) -> None:
    cluster, log = home / "postgres" / "cluster", tmp_path / "log"
    first = keeper(at_home, log)
    until(lambda: embedded_postgres.find_running(home))
    (cluster / "pg_wal").rename(cluster / "away")
    os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert first.wait(20) == 1
    second = keeper(at_home, log)
    until(lambda: "start failed" in log.read_text())
    (cluster / "away").rename(cluster / "pg_wal")
    until(lambda: second.poll() is not None or embedded_postgres.find_running(home))
    assert second.poll() is None
    second.terminate()
    assert second.wait(20) == 0
