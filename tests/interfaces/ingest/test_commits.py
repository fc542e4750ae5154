"""Group commit: many wait, few appends; an error reaches exactly those whom it concerns."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from quartermaster.core.usage.events import Accepted, Rejection, Submission
from quartermaster.interfaces.ingest import commits
from quartermaster.interfaces.ingest.commits import Busy, GroupCommit
from tests.fakes.log import MemoryLog

Scene = Callable[[MemoryLog, GroupCommit], Coroutine[Any, Any, None]]


def submission(number: int, events: int = 1, rejected: int = 0) -> Submission:
    accepted = Accepted(*([None] * events for _ in Accepted.__dataclass_fields__))
    accepted.id = [f"{number}-{place}" for place in range(events)]
    no = [Rejection(place, None, "missing", "") for place in range(rejected)]
    return Submission(1, f"r{number}", datetime.now(UTC), accepted, no)


def play(scene: Scene) -> MemoryLog:
    async def whole() -> MemoryLog:
        log = MemoryLog()
        group = GroupCommit(log)
        try:
            await asyncio.wait_for(scene(log, group), 10)
        finally:
            await group.close()
        return log

    return asyncio.run(whole())


def test_what_comes_together_is_committed_together() -> None:
    async def scene(log: MemoryLog, group: GroupCommit) -> None:
        await asyncio.gather(*(group.append(submission(number)) for number in range(64)))
        assert sorted(one.request_id for one in log.submissions) == sorted(
            f"r{number}" for number in range(64)
        )
        assert len(log.groups) <= 2

    play(scene)


def test_nobody_is_answered_before_the_log_is() -> None:
    async def scene(log: MemoryLog, group: GroupCommit) -> None:
        log.is_open.clear()
        waiting = [asyncio.create_task(group.append(submission(number))) for number in range(3)]
        await asyncio.sleep(0.02)
        assert not any(one.done() for one in waiting)
        log.is_open.set()
        await asyncio.gather(*waiting)

    play(scene)


def test_a_failure_reaches_its_group_and_no_other() -> None:
    async def scene(log: MemoryLog, group: GroupCommit) -> None:
        log.is_open.clear()
        first = asyncio.create_task(group.append(submission(1)))
        while not log.begun:
            await asyncio.sleep(0)
        second = [asyncio.create_task(group.append(submission(number))) for number in (2, 3)]
        await asyncio.sleep(0)
        log.failures.append(ConnectionError("gone"))
        log.is_open.set()
        with pytest.raises(ConnectionError, match="gone"):
            await first
        await asyncio.gather(*second)
        assert [[one.request_id for one in each] for each in log.groups] == [["r2", "r3"]]
        log.failures.append(ConnectionError("again"))
        both = await asyncio.gather(
            *(group.append(submission(number)) for number in (4, 5)), return_exceptions=True
        )
        assert [str(one) for one in both] == ["again", "again"]
        await group.append(submission(6))
        assert len(log.groups) == 2

    play(scene)


@pytest.mark.parametrize("part", ["events", "rejected"])
def test_too_much_that_waits_is_refused_until_it_is_gone(part: str) -> None:
    async def scene(log: MemoryLog, group: GroupCommit) -> None:
        log.is_open.clear()
        full = {"events": 0, part: commits.MOST_WAITING}
        waiting = asyncio.create_task(group.append(submission(1, **full)))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await group.append(submission(2))
        log.is_open.set()
        await waiting
        await asyncio.sleep(0)
        await group.append(submission(3))
        assert [one.request_id for one in log.submissions] == ["r1", "r3"]

    play(scene)


def test_a_failed_group_makes_room_too() -> None:
    async def scene(log: MemoryLog, group: GroupCommit) -> None:
        log.failures.append(ConnectionError("gone"))
        with pytest.raises(ConnectionError):
            await group.append(submission(1, commits.MOST_WAITING))
        await asyncio.sleep(0)
        await group.append(submission(2))

    play(scene)


def test_a_client_that_has_gone_stops_nobody() -> None:
    async def scene(log: MemoryLog, group: GroupCommit) -> None:
        log.is_open.clear()
        leaving = asyncio.create_task(group.append(submission(1)))
        staying = asyncio.create_task(group.append(submission(2)))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0)
        log.is_open.set()
        await staying
        assert sorted(log.ids) == ["1-0", "2-0"], "it may have been written, so it stands"

    play(scene)


def test_closing_tells_all_that_wait_and_all_that_come() -> None:
    async def scene(log: MemoryLog, group: GroupCommit) -> None:
        log.is_open.clear()
        sent = asyncio.create_task(group.append(submission(1)))
        while not log.begun:
            await asyncio.sleep(0)
        queued = asyncio.create_task(group.append(submission(2)))
        await asyncio.sleep(0)
        await group.close()
        found = await asyncio.gather(
            sent, queued, group.append(submission(3)), return_exceptions=True
        )
        assert [type(one) for one in found] == [ConnectionError] * 3
        assert log.is_closed

    assert play(scene).groups == []
