"""Keeps the processes of an installation running until told to stop."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

import structlog

from quartermaster.interfaces.cli.running import leash, signals

_log = structlog.get_logger("up")
_PATIENCE_SECONDS: Final = 10
_MOST_DEATHS: Final = 5
"""So many times within a minute a process may die before everything stops."""


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP came."""


@dataclass(slots=True)
class _Kept:
    name: str
    command: list[str]
    process: "subprocess.Popen[bytes]"
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=_MOST_DEATHS))


class Processes:
    """Starts each command in a session of its own (Ctrl-C reaches only us) and starts it again when
    it dies. They end with us, even if we are killed. `ticks` gives seconds that only go forward.
    A command that is named in `ready` is waited for before the next one is started."""

    def __init__(
        self,
        commands: dict[str, list[str]],
        ticks: Callable[[], float],
        ready: Mapping[str, Callable[[], bool]] | None = None,
    ) -> None:
        self._commands = commands
        self._ticks = ticks
        self._ready = ready or {}
        self._kept: list[_Kept] = []

    def watch(self, greet: Callable[[], bool]) -> int:
        """Starts them; returns 0 when told to stop, 1 when a process keeps dying; all are stopped
        by then. `greet` is called until it returns true."""
        for number in signals.ends():
            signal.signal(number, _stop)
        try:
            is_well = all(self._begin(name, words) for name, words in self._commands.items())
            is_greeted = False
            while is_well and all(self._is_well(one) for one in self._kept):
                is_greeted = is_greeted or greet()
                time.sleep(0.2)
            return 1
        except Stopped:
            return 0
        finally:
            _stop_listening()
            self._stop_all()

    def _begin(self, name: str, words: list[str]) -> bool:
        one = _Kept(name, words, _start(words))
        self._kept.append(one)
        is_ready = self._ready.get(name, lambda: True)
        while not is_ready():
            if not self._is_well(one):
                return False
            time.sleep(0.05)
        return True

    def _is_well(self, one: _Kept) -> bool:
        if one.process.poll() is None:
            return True
        _kill_group(one.process)
        now = self._ticks()
        one.deaths.append(now)
        _log.error("died", process=one.name, status=one.process.returncode)
        if len(one.deaths) == _MOST_DEATHS and now - one.deaths[0] < 60:
            print(f"{one.name} keeps dying; see the lines above.", file=sys.stderr)  # noqa: T201
            return False
        one.process = _start(one.command)
        return True

    def _stop_all(self) -> None:
        for one in self._kept:
            one.process.terminate()
        for one in self._kept:
            try:
                one.process.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                _log.error("killed", process=one.name)
            _kill_group(one.process)
            one.process.wait()


def _start(words: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(leash.tied(words), start_new_session=True)


def _kill_group(leader: "subprocess.Popen[bytes]") -> None:
    """Ends what a process leaves behind, such as a server's workers."""
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)


def _stop(number: int, frame: FrameType | None) -> None:
    _stop_listening()  # a second Ctrl-C must not break off the stopping
    raise Stopped


def _stop_listening() -> None:
    for number in signals.ends():
        signal.signal(number, signal.SIG_IGN)
