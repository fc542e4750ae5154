"""The door's end of an event log, in memory: may be slow, and may fail."""

import asyncio

from quartermaster.core.usage.events import Submission


class MemoryLog:
    """Keeps each group that was appended. While `is_open` is cleared, appends wait; each failure in
    `failures` is raised once, before anything is kept."""

    def __init__(self) -> None:
        self.groups: list[list[Submission]] = []
        self.failures: list[Exception] = []
        self.is_open = asyncio.Event()
        self.is_open.set()
        self.is_closed = False
        self.begun = 0

    async def append(self, submissions: list[Submission]) -> None:
        """All or none."""
        self.begun += 1
        await self.is_open.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.groups.append(list(submissions))

    async def close(self) -> None:
        """Notes it."""
        self.is_closed = True

    @property
    def submissions(self) -> list[Submission]:
        """All that was kept."""
        return [one for group in self.groups for one in group]

    @property
    def ids(self) -> list[str]:
        """The accepted events' ids."""
        return [event for one in self.submissions for event in one.accepted.id]
