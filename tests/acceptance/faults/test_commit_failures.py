"""A commit fails: whoever asked for it is told to ask again, and then it counts once."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.acceptance.faults.site import Client, Site, past
from tests.acceptance.installation import until
from tests.fakes.proxy import Proxy

ROUNDS = int(os.environ.get("QUARTERMASTER_TORTURE_ROUNDS", "1"))


@dataclass
class Apart:
    """A door and a meter on their own; what they say to the database goes through proxies."""

    site: Site
    client: Client
    door: Proxy
    meter: Proxy


Trouble = Callable[[Apart], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def apart(site: Site, client: Client) -> Iterator[Apart]:
    """In the end all that was sent has counted, the meter lives, and the books hold."""
    with ExitStack() as stack:
        proxies = [Proxy(site.postgres.url()) for _ in range(2)]
        for proxy in proxies:
            stack.callback(proxy.close)
        meter = site.at(proxies[1].url).start("meter")
        stack.callback(meter.wait, 20)
        stack.callback(meter.terminate)
        client.up = stack.enter_context(site.at(proxies[0].url).door())
        yield Apart(site, client, *proxies)
        client.settle()
        assert meter.poll() is None
        client.prove()


@contextmanager
def setting(apart: Apart, name: str, value: str) -> Iterator[None]:
    """Holds for every connection; all are made anew."""
    site = apart.site
    site.order(f"alter database quartermaster set {name} = '{value}'")
    site.hang_up()
    apart.client.send()
    apart.client.settle()
    try:
        yield
    finally:
        site.order(f"alter database quartermaster reset {name}")
        site.hang_up()


@contextmanager
def hurry(apart: Apart, name: str) -> Iterator[None]:
    """Who appends a batch has less patience from then on than the door would have."""
    apart.site.order(
        "create function hurry() returns trigger language plpgsql as"
        f" $$ begin perform set_config('{name}', '200ms', true); return new; end $$",
        "create trigger hurry before insert on metering_eventbatch"
        " for each row execute function hurry()",
    )
    try:
        yield
    finally:
        apart.site.order("drop function hurry cascade")


@contextmanager
def somebody(apart: Apart, first: str, then: str = "") -> Iterator[None]:
    """Somebody else does `first` and keeps its locks. Once it is waited for, it does `then`."""
    with apart.site.connected() as other:
        other.execute("set local deadlock_timeout = '30s'")
        other.execute(first)
        thread = threading.Thread(target=_cross, args=(apart.site, other, then))
        if then:
            thread.start()
        yield
        if then:
            thread.join(60)


def _cross(site: Site, other: "psycopg.Connection[Any]", then: str) -> None:
    pid = other.info.backend_pid
    waits = "select exists (select from pg_stat_activity where %s = any(pg_blocking_pids(pid)))"
    with site.connected() as looking:
        until(lambda: looking.execute(waits, [pid]).fetchone() == (True,))
    other.execute(then)
    other.commit()


@contextmanager
def door_lock_timeout(apart: Apart) -> Iterator[str]:
    with hurry(apart, "lock_timeout"), somebody(apart, "lock table metering_rejection"):
        yield "due to lock timeout"


@contextmanager
def door_statement_timeout(apart: Apart) -> Iterator[str]:
    with hurry(apart, "statement_timeout"), somebody(apart, "lock table metering_rejection"):
        yield "due to statement timeout"


@contextmanager
def door_deadlock(apart: Apart) -> Iterator[str]:
    """The door has written its batches and waits to write rejections."""
    then = "lock table metering_eventbatch in share mode"
    with somebody(apart, "lock table metering_rejection", then):
        yield "deadlock detected"


@contextmanager
def door_serialization(apart: Apart) -> Iterator[str]:
    """Each has read what the other writes: the batches, the workspace."""
    first = (
        "set transaction isolation level serializable;"
        "select count(*) from metering_eventbatch; lock table metering_rejection"
    )
    with (
        setting(apart, "default_transaction_isolation", "serializable"),
        somebody(apart, first, "update people_workspace set name = name"),
    ):
        yield "could not serialize access"


@contextmanager
def meter_lock_timeout(apart: Apart) -> Iterator[str]:
    with (
        setting(apart, "lock_timeout", "200ms"),
        somebody(apart, "lock table metering_rollup"),
    ):
        yield "due to lock timeout"


@contextmanager
def meter_statement_timeout(apart: Apart) -> Iterator[str]:
    with (
        setting(apart, "statement_timeout", "1s"),
        somebody(apart, "lock table metering_rollup"),
    ):
        yield "due to statement timeout"


@contextmanager
def meter_deadlock(apart: Apart) -> Iterator[str]:
    then = "lock table metering_event in share mode"
    with somebody(apart, "lock table metering_rollup", then):
        yield "deadlock detected"


@contextmanager
def meter_serialization(apart: Apart) -> Iterator[str]:
    """The meter waits for a row, and gets another than it has seen."""
    change = "update wallets_pool set free_micro = free_micro"
    with (
        setting(apart, "default_transaction_isolation", "repeatable read"),
        somebody(apart, change, "select 1"),
    ):
        yield "could not serialize access"


DOOR = (door_lock_timeout, door_statement_timeout, door_deadlock, door_serialization)
METER = (meter_lock_timeout, meter_statement_timeout, meter_deadlock, meter_serialization)


@pytest.mark.parametrize("trouble", DOOR)
def test_what_the_door_cannot_commit_is_sent_again(apart: Apart, trouble: Trouble) -> None:
    with trouble(apart) as words:
        before = apart.site.postgres.said(words)
        assert apart.client.try_once().status == 503
        assert apart.site.postgres.said(words) == before + 1
    apart.client.settle()


@pytest.mark.parametrize("trouble", METER)
def test_what_a_meter_cannot_commit_is_metered_later(apart: Apart, trouble: Trouble) -> None:
    with trouble(apart) as words:
        before = apart.site.postgres.said(words)
        apart.client.send()
        until(lambda: apart.site.postgres.said(words) > before)
    apart.client.settle()


@pytest.mark.parametrize("fate", ["lost", "unanswered"])
@pytest.mark.parametrize("who", ["door", "meter"])
def test_a_commit_without_an_answer(apart: Apart, who: str, fate: str) -> None:
    proxy: Proxy = getattr(apart, who)
    for _ in range(ROUNDS):
        apart.client.send()
        apart.client.settle()
        proxy.plan.append(fate)
        assert apart.client.try_once().status == (503 if who == "door" else 202)
        until(lambda: not proxy.plan)
        apart.client.settle()


def test_a_door_that_cannot_read_says_so(apart: Apart) -> None:
    client = Client(apart.site)
    client.up = apart.client.up
    with somebody(apart, "lock table people_bot in access exclusive mode"):
        before = apart.site.postgres.said("due to statement timeout")
        assert client.try_once(bot="elsewhere").status == 503
        assert apart.site.postgres.said("due to statement timeout") > before


def test_an_import_is_run_again_until_it_is_done(apart: Apart, tmp_path: Path) -> None:
    """Each run loses another of its commits, some after they were done."""
    file, proxy = past(tmp_path / "past.csv", "lost", 5), Proxy(apart.site.postgres.url())
    words = ("events", "import", file, "-w", "sent", "--create-bots")
    through = apart.site.at(proxy.url)
    for run in range(20):
        proxy.plan = ["pass"] * run + [("lost", "unanswered")[run % 2]]
        done = through.run(*words)
        if proxy.plan:
            break
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines()[-1].startswith("Error: the database does not answer: ")
    assert run > 1
    assert done.returncode == 0, done.stderr
    assert apart.site.used()["lost"] == {"billing_session": 5}
    proxy.close()


def test_an_import_that_may_not_wait_is_run_again(apart: Apart, tmp_path: Path) -> None:
    file = past(tmp_path / "past.csv", "locked", 5)
    words = ("events", "import", file, "-w", "sent", "--create-bots")
    lock = "lock table metering_eventbatch in share mode"
    with setting(apart, "lock_timeout", "200ms"), somebody(apart, lock):
        done = apart.site.ours.run(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert "due to lock timeout" in done.stderr.splitlines()[-1]
    assert apart.site.ours.run(*words).returncode == 0
    assert apart.site.used()["locked"] == {"billing_session": 5}


def test_trouble_of_a_workspace_does_not_hold_up_others(apart: Apart) -> None:
    lock = "select from wallets_pool where workspace_id = 1 for update"
    with setting(apart, "lock_timeout", "200ms"):
        other = apart.client.of_another()
        with somebody(apart, lock):
            before = apart.site.postgres.said("due to lock timeout")
            apart.client.send()
            until(lambda: apart.site.postgres.said("due to lock timeout") > before)
            other.send()
            until(lambda: apart.site.stored("other") == 3)
            assert apart.site.stored("sent") == apart.client.due() - 3
    apart.client.settle()


def test_jobs_wait_for_what_they_cannot_have(apart: Apart, tmp_path: Path) -> None:
    log = tmp_path / "log"
    ours = replace(apart.site.ours, log=str(log))
    with setting(apart, "lock_timeout", "200ms"):
        with somebody(apart, "lock table procrastinate_jobs"):
            jobs = ours.start("jobs")
            until(lambda: jobs.poll() or log.read_text().count("waiting_for_database") > 1)
            assert jobs.poll() is None
        jobs.terminate()
        jobs.wait(20)
