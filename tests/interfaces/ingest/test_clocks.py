"""The door's clock against those of its clients, and while somebody turns it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from quartermaster.adapters.event_log.appender import NotAppended
from quartermaster.interfaces.ingest.commits import GroupCommit
from quartermaster.interfaces.ingest.directory import Directory
from quartermaster.interfaces.ingest.door import Door
from tests.fakes.directory import MemoryDirectory
from tests.fakes.log import MemoryLog
from tests.fakes.server import Answer, Request

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MICROSECOND, MINUTE, HOUR = timedelta(microseconds=1), timedelta(minutes=1), timedelta(hours=1)


class Town:
    """A door in memory with a clock to turn."""

    def __init__(self) -> None:
        self.at = NOON
        self.log = MemoryLog()
        self.known = MemoryDirectory({"ours": 1}, {1: {"helpdesk": 7}})
        self._door = Door(cast("Directory", self.known), GroupCommit(self.log), lambda: self.at)

    async def post(self, *times: datetime) -> Answer:
        """Sends messages stamped so: one alone is a bare event."""
        events = [
            {"id": f"e{at:%H%M%S}", "type": "message", "time": at.isoformat(), "bot": "helpdesk"}
            | {"user": "ann", "sender": "user"}
            for at in times
        ]
        body = json.dumps(events if len(events) > 1 else events[0]).encode()
        headers = {"Authorization": "Bearer ours", "Content-Type": "application/json"}
        return await Request((body,), headers).put_to(self._door)

    async def close(self) -> None:
        await self._door.close()


def play(scene: Callable[[Town], Awaitable[None]]) -> None:
    """Plays a scene at a door, and closes it."""

    async def whole() -> None:
        town = Town()
        try:
            await asyncio.wait_for(cast("Any", scene(town)), 20)
        finally:
            await town.close()

    asyncio.run(whole())


def test_a_client_whose_clock_is_ahead_is_taken_when_its_time_has_come() -> None:
    async def scene(town: Town) -> None:
        ahead = NOON + 5 * MINUTE
        assert (await town.post(ahead)).status == 202
        early = await town.post(ahead + MICROSECOND)
        assert (early.status, early.json["code"], early.json["field"]) == (
            422,
            "in_the_future",
            "time",
        )
        assert "5 minutes" in early.json["detail"]
        town.at += MICROSECOND
        assert (await town.post(ahead + MICROSECOND)).status == 202

    play(scene)


def test_where_a_workspaces_clock_stands_its_events_go_by_it() -> None:
    async def scene(town: Town) -> None:
        stands = NOON + timedelta(days=90)
        town.known.frozen[1] = stands
        assert (await town.post(stands + 5 * MINUTE)).status == 202
        early = await town.post(stands + 5 * MINUTE + MICROSECOND)
        assert early.json["code"] == "in_the_future"
        late = stands - timedelta(days=35)
        assert (await town.post(late)).status == 202
        assert (await town.post(late - MICROSECOND)).json["code"] == "too_late"
        assert {one.received_at for group in town.log.groups for one in group} == {stands}

    play(scene)


@pytest.mark.parametrize("days", [0, 34])
def test_a_door_whose_clock_is_ahead_takes_what_right_clocks_stamp(days: int) -> None:
    async def scene(town: Town) -> None:
        town.at += timedelta(days=days, hours=3)
        answer = await town.post(NOON, NOON - HOUR)
        assert (answer.status, answer.json["rejected"]) == (202, [])
        [kept] = town.log.submissions
        assert kept.received_at == town.at
        assert kept.accepted.time == [micros(NOON), micros(NOON - HOUR)], "the client's, untouched"

    play(scene)


def micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def test_a_door_whose_clock_goes_back_refuses_the_present_and_loses_nothing() -> None:
    async def scene(town: Town) -> None:
        assert (await town.post(NOON)).status == 202
        town.at -= 3 * HOUR
        mixed = await town.post(NOON + MINUTE, NOON - 4 * HOUR)
        assert (mixed.status, mixed.json["accepted"]) == (202, ["e080000"])
        assert [(no["id"], no["code"]) for no in mixed.json["rejected"]] == [
            ("e120100", "in_the_future")
        ]
        assert (await town.post(NOON + MINUTE)).status == 422
        town.at = NOON + MINUTE
        assert (await town.post(NOON + MINUTE)).status == 202
        received = [one.received_at - NOON for one in town.log.submissions]
        back, forth = -3 * HOUR, MINUTE
        assert received == [timedelta(), back, back, forth]
        refused = [[no.id for no in one.rejected] for one in town.log.submissions]
        assert refused == [[], ["e120100"], ["e120100"], []]
        assert town.log.ids == ["e120000", "e080000", "e120100"]

    play(scene)


@pytest.mark.parametrize("hours", [-3, 0, 3])
def test_when_to_come_again_is_told_in_seconds_from_now_and_not_by_the_clock(hours: int) -> None:
    async def scene(town: Town) -> None:
        town.at += hours * HOUR
        town.log.failures.append(NotAppended("gone"))
        answer = await town.post(town.at)
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        assert (await town.post(town.at)).status == 202

    play(scene)


@pytest.mark.parametrize(
    "zone",
    [
        *("UTC", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham"),
        *("Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns"),
    ],
)
def test_an_instant_is_the_same_with_any_offset(zone: str) -> None:
    async def scene(town: Town) -> None:
        local = NOON.astimezone(ZoneInfo(zone))
        assert (await town.post(local, local + 5 * MINUTE)).json["accepted_count"] == 2
        late = await town.post(local + 6 * MINUTE)
        assert (late.status, late.json["code"]) == (422, "in_the_future")
        [kept, _] = town.log.submissions
        assert kept.accepted.time == [micros(NOON), micros(NOON + 5 * MINUTE)]

    play(scene)
