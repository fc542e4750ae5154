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
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def append(self, submission: Submission) -> None:
        """Returns when the submission is durable; raises what the log raised, or `Busy`."""
        if self._events >= MOST_WAITING:
            raise Busy
        if self._task is None:
            self._task = asyncio.create_task(self._commit_forever())
        one = _Waiting(submission)
        self._waiting.append(one)
        self._events += len(submission.accepted)
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
            except Exception as failure:
                _settle(group, failure)
            else:
                _settle(group, None)
            self._events -= sum(len(one.submission.accepted) for one in group)

    async def close(self) -> None:
        """Stops; what still waits is not durable and its clients are told so."""
        if self._task is not None:
            self._task.cancel()
        _settle(self._waiting, ConnectionError("the door is closing"))
        await self._log.close()


def _settle(group: list[_Waiting], failure: Exception | None) -> None:
    for one in group:
        if one.done.done():
            continue  # The client has gone; its events stand.
        if failure is None:
            one.done.set_result(None)
        else:
            one.done.set_exception(failure)
