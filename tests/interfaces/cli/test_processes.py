"""What keeps the processes of an installation running, and stops them."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from quartermaster.interfaces.cli.running import listeners
from quartermaster.interfaces.cli.running.processes import Processes

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SLEEP = "import time; time.sleep(60)"


def python(code: str, *words: object) -> list[str]:
    return [sys.executable, "-S", "-c", code, *map(str, words)]


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _signals() -> object:
    """What pytest does with signals is given back to it."""
    kept = {number: signal.getsignal(number) for number in ENDS}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def watch(
    commands: dict[str, list[str]], meanwhile: Callable[[], None], number: int = signal.SIGTERM
) -> int:
    """The result of watching: `meanwhile` runs beside it, and then the signal comes."""
    failures: list[BaseException] = []

    def beside() -> None:
        try:
            meanwhile()
        except BaseException as failure:
            failures.append(failure)
        os.kill(os.getpid(), number)

    processes = Processes(commands, time.monotonic)
    thread = threading.Thread(target=beside)
    thread.start()
    done = processes.watch(lambda: True)
    thread.join()
    assert not failures, failures
    return done


NOTE = """
import os, sys, time
with open(sys.argv[1], "a") as notes:
    notes.write(f"{os.getpid()}\\n")
time.sleep(60)
"""


def noted(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_stops_all_of_them(tmp_path: Path, number: int) -> None:
    commands = {name: python(NOTE, tmp_path / name) for name in ("one", "two")}

    def meanwhile() -> None:
        until(lambda: noted(tmp_path / "one") and noted(tmp_path / "two"))

    assert watch(commands, meanwhile, number) == 0
    for name in commands:
        [pid] = noted(tmp_path / name)
        assert not psutil.pid_exists(pid)


def test_one_that_dies_is_started_again(tmp_path: Path) -> None:
    def meanwhile() -> None:
        until(lambda: noted(tmp_path / "one"))
        os.kill(noted(tmp_path / "one")[0], signal.SIGKILL)
        until(lambda: len(noted(tmp_path / "one")) == 2)

    steady = python(NOTE, tmp_path / "steady")
    assert watch({"one": python(NOTE, tmp_path / "one"), "steady": steady}, meanwhile) == 0
    assert len(noted(tmp_path / "steady")) == 1


def has_ended(pid: int) -> bool:
    """Gone, or waiting for whoever took it over to notice."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


PARENT = """
import subprocess, sys
subprocess.Popen([sys.executable, "-S", "-c", sys.argv[2], sys.argv[1]]).wait()
"""


def test_what_a_dead_one_leaves_behind_is_ended_too(tmp_path: Path) -> None:
    def meanwhile() -> None:
        until(lambda: noted(tmp_path / "worker"))
        worker = psutil.Process(noted(tmp_path / "worker")[0])
        parent = worker.parent()
        assert parent is not None
        parent.kill()
        until(lambda: len(noted(tmp_path / "worker")) == 2)
        until(lambda: has_ended(worker.pid))

    watch({"server": python(PARENT, tmp_path / "worker", NOTE)}, meanwhile)
    for pid in noted(tmp_path / "worker"):
        until(lambda pid=pid: has_ended(pid))


def test_one_that_keeps_dying_stops_them_all(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    commands = {"steady": python(NOTE, tmp_path / "steady"), "bad": python("raise SystemExit(3)")}
    processes = Processes(commands, time.monotonic)
    assert processes.watch(lambda: True) == 1
    assert "bad keeps dying" in capfd.readouterr().err
    for pid in noted(tmp_path / "steady"):
        assert not psutil.pid_exists(pid)


def test_deaths_that_are_far_apart_are_forgiven(tmp_path: Path) -> None:
    seconds = iter(range(0, 10_000, 20))
    brief = python(NOTE.replace("time.sleep(60)", ""), tmp_path / "brief")
    processes = Processes({"brief": brief}, lambda: float(next(seconds)))

    def beside() -> None:
        until(lambda: len(noted(tmp_path / "brief")) > 6)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=beside)
    thread.start()
    assert processes.watch(lambda: True) == 0
    thread.join()


def test_a_greeting_is_tried_until_it_succeeds(tmp_path: Path) -> None:
    answers = iter([False, False, True])
    asked: list[bool] = []

    def greet() -> bool:
        asked.append(next(answers))
        return asked[-1]

    def beside() -> None:
        until(lambda: len(asked) == 3)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=beside)
    thread.start()
    assert Processes({"one": python(SLEEP)}, time.monotonic).watch(greet) == 0
    thread.join()
    assert asked == [False, False, True]


def test_one_that_will_not_end_is_killed(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + NOTE
    whole = f"""
import sys, time
from quartermaster.interfaces.cli.running import processes
processes._PATIENCE_SECONDS = 0.5
words = [sys.executable, "-S", "-c", {deaf!r}, {str(tmp_path / "deaf")!r}]
sys.exit(processes.Processes({{"deaf": words}}, time.monotonic).watch(lambda: True))
"""
    keeper = subprocess.Popen([sys.executable, "-c", whole], stderr=subprocess.DEVNULL)
    until(lambda: noted(tmp_path / "deaf"))
    keeper.terminate()
    assert keeper.wait(20) == 0
    assert not psutil.pid_exists(noted(tmp_path / "deaf")[0])


KEEPER = """
import sys, time
from quartermaster.interfaces.cli.running.processes import Processes
Processes({"one": sys.argv[1:]}, time.monotonic).watch(lambda: True)
"""


def kept_by(tmp_path: Path, *before: str) -> "tuple[subprocess.Popen[bytes], int]":
    """A process that keeps another, and the other's id."""
    words = [*before, sys.executable, "-c", KEEPER, *python(NOTE, tmp_path / "one")]
    keeper = subprocess.Popen(words)
    until(lambda: noted(tmp_path / "one"))
    return keeper, noted(tmp_path / "one")[0]


def test_they_end_with_one_that_is_killed(tmp_path: Path) -> None:
    keeper, pid = kept_by(tmp_path)
    keeper.kill()
    keeper.wait(20)
    until(lambda: has_ended(pid))


def test_nohup_outlives_the_terminal(tmp_path: Path) -> None:
    keeper, pid = kept_by(tmp_path, "nohup")
    keeper.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert keeper.poll() is None
    assert not has_ended(pid)
    keeper.terminate()
    assert keeper.wait(20) == 0


def test_who_listens_on_a_port_is_found() -> None:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as door:
            door.bind((host, 0))
            port = door.getsockname()[1]
            assert listeners.find_listener(port) is None, "bound, but it does not listen"
            door.listen()
            assert listeners.find_listener(port) == os.getpid()


def test_who_must_be_ready_first_is_waited_for() -> None:
    asked: list[int] = []

    def is_ready() -> bool:
        asked.append(len(started()))
        return len(asked) == 3

    def started() -> list[psutil.Process]:
        return psutil.Process().children()

    commands = {"first": python(SLEEP), "second": python(SLEEP)}
    processes = Processes(commands, time.monotonic, {"first": is_ready})

    def greet() -> bool:
        os.kill(os.getpid(), signal.SIGTERM)
        return True

    before = len(started())
    assert processes.watch(greet) == 0
    assert asked == [before + 1] * 3, "the second was not started yet"


def test_who_dies_before_it_is_ready_is_given_up() -> None:
    commands = {"dead": python("raise SystemExit(3)"), "never": python(SLEEP)}
    processes = Processes(commands, time.monotonic, {"dead": lambda: False})
    assert processes.watch(lambda: True) == 1
