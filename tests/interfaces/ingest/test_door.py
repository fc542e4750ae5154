"""The door as a server sees it: answers, what was in the log by then, and whom it lets in."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from prometheus_client import REGISTRY

from quartermaster.adapters.event_log.appender import LogAppender, NotAppended
from quartermaster.adapters.event_log.table import EventTable
from quartermaster.interfaces.ingest import bodies, commits
from quartermaster.interfaces.ingest.commits import GroupCommit
from quartermaster.interfaces.ingest.directory import Directory
from quartermaster.interfaces.ingest.door import Door
from quartermaster.store.metering.models import EventBatch, Rejection
from quartermaster.store.people.models import ApiKey
from quartermaster.usecases.people.create_bot import create_bot
from quartermaster.usecases.people.create_key import create_key
from tests.books import NOW, Books, open_books
from tests.fakes.directory import MemoryDirectory
from tests.fakes.log import MemoryLog
from tests.fakes.server import Answer, Request
from tests.interfaces import database

JSON = "application/json"


def message(number: object = 1, **fields: Any) -> dict[str, Any]:
    time = (NOW - timedelta(hours=1)).isoformat()
    named = {"id": f"e{number}", "type": "message", "time": time, "bot": "helpdesk"}
    return named | {"user": "ann", "sender": "user"} | fields


def post(value: Any, key: str = "ours", **headers: str) -> Request:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Request((body,), {"Authorization": f"Bearer {key}", "Content-Type": JSON} | named)


def in_memory(scene: Callable[[Door, MemoryLog], Awaitable[None]]) -> None:
    """Plays a scene at a door to a log in memory."""

    async def whole() -> None:
        log = MemoryLog()
        known = MemoryDirectory({"ours": 1, "theirs": 2}, {1: {"helpdesk": 7}, 2: {"other": 8}})
        door = Door(cast("Directory", known), GroupCommit(log), lambda: NOW)
        try:
            await asyncio.wait_for(cast("Any", scene(door, log)), 20)
        finally:
            await door.close()

    asyncio.run(whole())


def ask(*requests: Request) -> list[Answer]:
    """The answers of a door in memory."""
    found: list[Answer] = []

    async def scene(door: Door, log: MemoryLog) -> None:
        for request in requests:
            found.append(await request.put_to(door))

    in_memory(scene)
    return found


def test_202_comes_only_after_the_commit() -> None:
    async def scene(door: Door, log: MemoryLog) -> None:
        log.is_open.clear()
        asked = asyncio.create_task(post([message(), message(2)]).put_to(door))
        while not log.begun:
            await asyncio.sleep(0)
        await asyncio.sleep(0.02)
        assert not asked.done()
        log.is_open.set()
        answer = await asked
        assert (answer.status, answer.headers["content-type"]) == (202, JSON)
        assert int(answer.headers["content-length"]) == len(answer.body)
        assert answer.json == {
            "request_id": answer.headers["x-request-id"],
            "accepted_count": 2,
            "rejected_count": 0,
            "accepted": ["e1", "e2"],
            "rejected": [],
        }
        [kept] = log.submissions
        assert (kept.workspace, kept.request_id) == (1, answer.headers["x-request-id"])
        assert kept.accepted.bot == [7, 7]

    in_memory(scene)


def test_a_batch_with_bad_events_lists_both() -> None:
    async def scene(door: Door, log: MemoryLog) -> None:
        batch = [message(), message(2, type="shout"), message(3, time=5), message(4)]
        answer = await post(batch).put_to(door)
        assert (answer.status, answer.json["accepted"]) == (202, ["e1", "e4"])
        first, second = answer.json["rejected"]
        assert first == {
            "index": 1,
            "id": "e2",
            "code": "unknown_type",
            "reason": first["reason"],
            "field": "type",
        }
        assert (second["index"], second["field"]) == (2, "time")
        assert [no.id for no in log.submissions[0].rejected] == ["e2", "e3"]

    in_memory(scene)


def test_a_batch_of_nothing_but_bad_events_is_422_and_kept() -> None:
    async def scene(door: Door, log: MemoryLog) -> None:
        answer = await post([message(bot="nobody")]).put_to(door)
        assert (answer.status, answer.json["accepted_count"]) == (422, 0)
        assert answer.json["rejected"][0]["code"] == "unknown_bot"
        [kept] = log.submissions
        assert (len(kept.accepted), len(kept.rejected)) == (0, 1)

    in_memory(scene)


def test_a_single_bad_event_is_a_problem_and_kept() -> None:
    async def scene(door: Door, log: MemoryLog) -> None:
        answer = await post(message(user="")).put_to(door)
        assert answer.status == 422
        assert_problem(answer, "empty", "user")
        assert len(log.submissions[0].rejected) == 1

    in_memory(scene)


def assert_problem(answer: Answer, code: str, field: str | None) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json
    assert (found["status"], found["code"], found["field"]) == (answer.status, code, field)
    assert found["request_id"] == answer.headers["x-request-id"]
    assert found["doc_url"] == found["type"] == f"docs/reference/errors.md#{code}"
    assert found["title"]
    assert found["detail"]


BOMB = gzip.compress(b" " * (bodies.MOST_BYTES + 1))
PARTS = (b"[" + b" " * (bodies.MOST_BYTES // 2), b" " * (bodies.MOST_BYTES // 2), b"]")
KEYED = {"Authorization": "Bearer ours", "Content-Type": JSON}


@pytest.mark.parametrize(
    ("request_", "status", "code", "field"),
    [
        (Request(headers={"Content-Type": JSON}), 401, "unknown_key", "Authorization"),
        (post({}, Authorization="Basic b3Vycw=="), 401, "unknown_key", "Authorization"),
        (post({}, Authorization="Bearer "), 401, "unknown_key", "Authorization"),
        (post({}, key="wrong"), 401, "unknown_key", "Authorization"),
        (Request(method="GET"), 405, "method_not_allowed", None),
        (Request(method="DELETE", headers=KEYED), 405, "method_not_allowed", None),
        (post({}, Content_Length="10000001"), 413, "body_too_large", None),
        (Request(PARTS, KEYED), 413, "body_too_large", None),
        (post(BOMB, Content_Encoding="gzip"), 413, "body_too_large", None),
        (post([{}] * 10_001), 413, "too_many_events", None),
        (post({}, Content_Type="text/csv"), 415, "unsupported_media_type", "Content-Type"),
        (post({}, Content_Encoding="br"), 415, "unsupported_encoding", "Content-Encoding"),
        (post(b"{}", Content_Encoding="gzip"), 400, "bad_gzip", None),
        (post(b"{"), 400, "malformed_json", None),
        (Request((b'{"id": "e1"',), KEYED, is_cut_off=True), 400, "cut_off", None),
    ],
)
def test_a_refused_request_is_a_problem_and_leaves_nothing(
    request_: Request, status: int, code: str, field: str | None
) -> None:
    async def scene(door: Door, log: MemoryLog) -> None:
        answer = await request_.put_to(door)
        assert answer.status == status
        assert_problem(answer, code, field)
        assert log.begun == 0
        assert answer.headers.get("allow") == ("POST" if status == 405 else None)
        assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
        assert "retry-after" not in answer.headers

    in_memory(scene)


def test_a_body_may_come_in_pieces_and_packed() -> None:
    body = gzip.compress(json.dumps([message()]).encode())
    pieces = tuple(body[place : place + 1] for place in range(len(body)))
    [answer] = ask(Request(pieces, KEYED | {"Content-Encoding": "GZIP"}))
    assert (answer.status, answer.json["accepted"]) == (202, ["e1"])


def test_a_client_that_hangs_up_in_mid_body_adds_nothing() -> None:
    async def scene(door: Door, log: MemoryLog) -> None:
        whole = json.dumps([message()]).encode()
        answer = await Request((whole[:-1],), KEYED, is_cut_off=True).put_to(door)
        assert (answer.status, log.begun) == (400, 0)
        again = await post([message()]).put_to(door)
        assert (again.status, log.ids) == (202, ["e1"])

    in_memory(scene)


@pytest.mark.parametrize("given", ["abc-1", "x" * 100, "a/b?c d"])
def test_a_request_id_is_echoed(given: str) -> None:
    good, bad = ask(post(message(), X_Request_Id=given), post(b"{", X_Request_Id=given))
    assert good.headers["x-request-id"] == good.json["request_id"] == given
    assert bad.headers["x-request-id"] == bad.json["request_id"] == given


@pytest.mark.parametrize("given", ["", "x" * 101, "caf\u00e9", "a\tb"])
def test_an_unfit_request_id_is_replaced(given: str) -> None:
    first, second = ask(post(message(), X_Request_Id=given), post(message()))
    for answer in (first, second):
        assert answer.headers["x-request-id"].startswith("req_")
        assert len(answer.headers["x-request-id"]) == 36
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_a_full_queue_is_429_and_passes() -> None:
    async def scene(door: Door, log: MemoryLog) -> None:
        log.is_open.clear()
        size = bodies.MOST_EVENTS
        full = [
            asyncio.create_task(
                post([message(f"{part}-{one}") for one in range(size)]).put_to(door)
            )
            for part in range(commits.MOST_WAITING // size)
        ]
        await asyncio.sleep(0.5)
        answer = await post(message("late")).put_to(door)
        assert (answer.status, answer.headers["retry-after"]) == (429, "1")
        assert_problem(answer, "busy", None)
        log.is_open.set()
        assert {one.status for one in await asyncio.gather(*full)} == {202}
        assert (await post(message("late")).put_to(door)).status == 202
        assert log.ids.count("elate") == 1

    in_memory(scene)


def test_a_log_that_fails_is_503_and_nothing_is_counted() -> None:
    async def scene(door: Door, log: MemoryLog) -> None:
        name = "quartermaster_events_accepted_total"
        before = REGISTRY.get_sample_value(name)
        log.failures.append(NotAppended("disk full at /secret"))
        answer = await post(message()).put_to(door)
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        assert_problem(answer, "not_stored", None)
        assert "secret" not in answer.json["detail"]
        assert REGISTRY.get_sample_value(name) == before
        assert (await post(message()).put_to(door)).status == 202
        assert log.ids == ["e1"]

    in_memory(scene)


def test_many_at_once_share_a_few_commits_and_fail_together() -> None:
    async def scene(door: Door, log: MemoryLog) -> None:
        log.is_open.clear()
        first = asyncio.create_task(post(message("first")).put_to(door))
        while not log.begun:
            await asyncio.sleep(0)
        many = [asyncio.create_task(post(message(number)).put_to(door)) for number in range(64)]
        await asyncio.sleep(0.1)
        log.is_open.set()
        assert (await first).status == 202
        assert {one.status for one in await asyncio.gather(*many)} == {202}
        assert len(log.groups) == 2
        log.failures.append(NotAppended("gone"))
        many = [asyncio.create_task(post(message(number)).put_to(door)) for number in range(64)]
        assert {one.status for one in await asyncio.gather(*many)} == {503}
        assert (await post(message("next")).put_to(door)).status == 202
        assert len(log.groups) == 3

    in_memory(scene)


def test_another_workspaces_bot_is_unknown() -> None:
    own, other, nobody = ask(
        post(message()), post(message(), key="theirs"), post(message(bot="nobody"), key="theirs")
    )
    assert own.status == 202
    assert (other.status, other.json["code"]) == (422, "unknown_bot")
    assert other.json["detail"].replace("helpdesk", "nobody") == nobody.json["detail"]


class Town:
    """A door to the database, with a clock to turn."""

    def __init__(self, address: str = "") -> None:
        self.seconds = 0.0
        address = address or database.url()
        directory = Directory(address, lambda: self.seconds)
        self.door = Door(directory, GroupCommit(LogAppender(address)), lambda: NOW)

    def play(self, scene: Callable[["Town"], Awaitable[None]]) -> None:
        """Plays a scene, and closes the door."""

        async def whole() -> None:
            try:
                await asyncio.wait_for(cast("Any", scene(self)), 20)
            finally:
                await self.door.close()

        asyncio.run(whole())


@pytest.fixture
def books(committed: None) -> Books:
    return open_books("helpdesk")


@pytest.fixture
def key(books: Books) -> str:
    return create_key(books.workspace, "ours", NOW)[1]


def test_what_is_answered_202_is_in_the_table(books: Books, key: str) -> None:
    async def scene(town: Town) -> None:
        request = post([message(), message(2, bot="nobody")], key, X_Request_Id="r1")
        answer = await request.put_to(town.door)
        assert (answer.status, answer.json["accepted"]) == (202, ["e1"])

    Town().play(scene)
    [batch] = EventTable().read(books.workspace.id, 10)
    assert (batch.request_id, batch.events.id) == ("r1", ["e1"])
    assert [no.event_id for no in Rejection.objects.all()] == ["e2"]


def test_a_revoked_key_is_out_within_five_seconds(key: str) -> None:
    async def scene(town: Town) -> None:
        assert (await post(message(), key).put_to(town.door)).status == 202
        await asyncio.to_thread(revoke)
        town.seconds = 5.01
        answer = await post(message(2), key).put_to(town.door)
        assert answer.status == 401
        assert_problem(answer, "unknown_key", "Authorization")

    def revoke() -> None:
        ApiKey.objects.update(revoked_at=NOW)

    Town().play(scene)


def test_a_bot_made_a_moment_ago_is_known_at_once(books: Books, key: str) -> None:
    async def scene(town: Town) -> None:
        before = await post([message(), message(2, bot="bookings")], key).put_to(town.door)
        assert before.json["accepted"] == ["e1"]
        made = await asyncio.to_thread(create_bot, books.workspace, "bookings", 900, NOW)
        by_id = message(4, bot=made.public_id)
        after = await post([message(3, bot="bookings"), by_id], key).put_to(town.door)
        assert after.json["accepted"] == ["e3", "e4"]

    Town().play(scene)


def test_a_key_opens_its_own_workspace_only(books: Books, key: str) -> None:
    other = open_books("elsewhere")
    theirs = create_key(other.workspace, "theirs", NOW)[1]
    named = books.bots["helpdesk"].public_id

    async def scene(town: Town) -> None:
        for name in ("helpdesk", named):
            answer = await post(message(bot=name), theirs).put_to(town.door)
            assert (answer.status, answer.json["code"]) == (422, "unknown_bot")
        assert (await post(message(bot=named), key).put_to(town.door)).status == 202

    Town().play(scene)
    assert set(EventBatch.objects.filter(event_count=1).values_list("workspace", flat=True)) == {
        books.workspace.id
    }


def test_a_database_that_comes_back_is_used_again(key: str) -> None:
    async def scene(town: Town) -> None:
        assert (await post(message(), key).put_to(town.door)).status == 202
        assert await asyncio.to_thread(database.end_others) >= 2
        town.seconds = 10
        assert (await post(message(2), key).put_to(town.door)).status == 202

    Town().play(scene)


def test_no_database_at_all_is_503() -> None:
    async def scene(town: Town) -> None:
        answer = await post(message()).put_to(town.door)
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        assert_problem(answer, "not_stored", None)

    Town("postgresql://127.0.0.1:1/none").play(scene)
