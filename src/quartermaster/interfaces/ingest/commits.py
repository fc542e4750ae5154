"""Group commit: whatever waits goes to the log in one transaction."""

import asyncio
from dataclasses import dataclass, field
from typing import Final, Protocol

from quartermaster.core.usage.events import Submission

MOST_WAITING: Final = 100_000
"""Events that may wait for a commit before the door asks clients to come later."""
_AT_ONCE: Final = 500
"""Submissions in one transaction."""


class Appender(Protocol):
    """The end of the event log that the door sees."""

    async def append(self, submissions: list[Submission]) -> None:
        """Returns when all are durable; on an error none may be taken for written."""

    async def close(self) -> None:
        """Lets go of the connection."""


class Busy(Exception):
    """Too much waits already."""


@dataclass(slots=True)
class _Waiting:
    submission: Submission
    done: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.Future())


class GroupCommit:
    """Collects submissions while a commit is under way and sends them off together."""

    def __init__(self, log: Appender) -> None:
        self._log = log
        self._waiting: list[_Waiting] = []
        self._events = 0
        self._is_closed = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def append(self, submission: Submission) -> None:
        """Returns when the submission is durable; raises what the log raised, or `Busy`."""
        if self._is_closed:
            raise _closing()
        if self._events >= MOST_WAITING:
            raise Busy
        if self._task is None:
            self._task = asyncio.create_task(self._commit_forever())
        one = _Waiting(submission)
        self._waiting.append(one)
        self._events += _events(submission)
        self._wake.set()
        await one.done

    async def _commit_forever(self) -> None:
        while True:
            await self._wake.wait()
            group, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            if not self._waiting:
                self._wake.clear()
            try:
                await self._log.append([one.submission for one in group])
            except asyncio.CancelledError:
                _settle(group, _closing())
                raise
            except Exception as failure:
                _settle(group, failure)
            else:
                _settle(group, None)
            self._events -= sum(_events(one.submission) for one in group)

    async def close(self) -> None:
        """Stops; what still waits is not durable for sure and its clients are told so."""
        self._is_closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        _settle(self._waiting, _closing())
        await self._log.close()


def _events(submission: Submission) -> int:
    return len(submission.accepted) + len(submission.rejected)


def _closing() -> ConnectionError:
    return ConnectionError("the door is closing")


def _settle(group: list[_Waiting], failure: Exception | None) -> None:
    for one in group:
        if one.done.done():
            continue  # The client has gone; its events stand.
        if failure is None:
            one.done.set_result(None)
        else:
            one.done.set_exception(failure)
