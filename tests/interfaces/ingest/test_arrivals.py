"""Bodies that come slowly, in bits, or too many at once."""

import asyncio
import gzip
import itertools
import json
from collections.abc import Callable, Iterable, MutableMapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from quartermaster.interfaces.ingest.answers import Receive
from quartermaster.interfaces.ingest.arrivals import Arrivals, Limits
from quartermaster.interfaces.ingest.bodies import MOST_BYTES
from quartermaster.interfaces.ingest.commits import GroupCommit
from quartermaster.interfaces.ingest.directory import Directory
from quartermaster.interfaces.ingest.door import Door
from quartermaster.interfaces.ingest.problems import Problem
from tests.fakes.directory import MemoryDirectory
from tests.fakes.log import MemoryLog
from tests.fakes.server import Request

HASTY = Limits(patience_seconds=0.05)
GZIP = {b"content-encoding": "gzip"}


def client(parts: Iterable[bytes], pause: float = 0, then: str = "http.request") -> Receive:
    """Sends the parts with pauses between; at the end says so, hangs up, or says nothing more."""
    left = iter(parts)

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.sleep(pause)
        for part in left:
            return {"type": "http.request", "body": part, "more_body": True}
        if not then:
            await asyncio.Event().wait()
        return {"type": then, "body": b""}

    return receive


def body(limits: Limits, receive: Receive) -> bytes:
    return asyncio.run(Arrivals(limits).body({}, receive))


def refused(limits: Limits, receive: Receive) -> tuple[int, str]:
    with pytest.raises(Problem) as no:
        body(limits, receive)
    return no.value.status, no.value.code


@pytest.mark.parametrize("parts", [[], [b"["], [b"", b""]])
def test_a_body_that_stops_coming_is_too_slow(parts: list[bytes]) -> None:
    assert refused(HASTY, client(parts, then="")) == (408, "too_slow")


def test_a_body_that_drips_is_too_slow_however_long_it_is() -> None:
    forever = itertools.chain([bytes(10_000)], itertools.repeat(b"x"))
    assert refused(HASTY, client(forever, 0.001)) == (408, "too_slow")


def test_what_comes_buys_time_for_the_rest() -> None:
    limits = Limits(patience_seconds=0.5, bytes_a_second=1_000)
    assert body(limits, client([b"x" * 200] * 12, 0.05)) == b"x" * 2_400
    assert refused(limits, client([b"x"] * 12, 0.05)) == (408, "too_slow")


def test_a_slow_body_holds_up_no_other() -> None:
    async def scene() -> bytes:
        arrivals = Arrivals(Limits())
        slow = [asyncio.create_task(arrivals.body({}, client([b"["], then=""))) for _ in range(500)]
        quick = await arrivals.body({}, client([b"[", b"]"]))
        for one in slow:
            one.cancel()
        return quick

    assert asyncio.run(scene()) == b"[]"


ZEROS = gzip.compress(bytes(MOST_BYTES + 1))
FAILURES: list[tuple[Callable[[], Receive], dict[bytes, str], str]] = [
    (lambda: client([b"x" * 900], then=""), {}, "too_slow"),
    (lambda: client([b"x" * 900], then="http.disconnect"), {}, "cut_off"),
    (lambda: client([b"x" * 900]), GZIP, "bad_gzip"),
    (lambda: client([ZEROS[:900]]), GZIP, "bad_gzip"),
    (lambda: client([b"x" * 900]), {b"content-encoding": "br"}, "unsupported_encoding"),
    (lambda: client([b"x" * 1_001]), {}, "busy"),
    (lambda: client([b"x"]), {b"content-length": str(MOST_BYTES + 1)}, "body_too_large"),
]


@pytest.mark.parametrize(("receive", "headers", "code"), FAILURES)
def test_a_body_that_is_refused_leaves_the_hand(
    receive: Callable[[], Receive], headers: dict[bytes, str], code: str
) -> None:
    async def scene() -> bytes:
        arrivals = Arrivals(Limits(patience_seconds=0.05, most_bytes=1_000))
        for _ in range(2):
            with pytest.raises(Problem) as no:
                await arrivals.body(headers, receive())
            assert no.value.code == code
        return await arrivals.body({}, client([b"x" * 1_000]))

    assert len(asyncio.run(scene())) == 1_000


def test_bodies_beyond_the_limit_are_refused_though_nobody_says_how_long_they_are() -> None:
    endless = itertools.repeat(bytes(65_536))
    assert refused(Limits(), client(endless)) == (413, "body_too_large")


def test_a_zipped_body_is_in_hand_at_its_full_size() -> None:
    async def scene() -> None:
        arrivals = Arrivals(Limits(most_bytes=10_000))
        whole = await arrivals.body(GZIP, client([gzip.compress(bytes(9_990))]))
        with pytest.raises(Problem) as no:
            await arrivals.body({}, client([b"x" * 11]))
        assert (no.value.status, no.value.code, no.value.retry_after) == (429, "busy", 1)
        arrivals.let_go(whole)
        await arrivals.body({}, client([b"x" * 10_000]))

    asyncio.run(scene())


def message(number: int) -> Request:
    """An event of 10,000 bytes, nearly all of them passed over."""
    time = datetime.now(UTC).isoformat()
    event = {"id": f"e{number}", "type": "api.requested", "time": time, "bot": "helpdesk"}
    content = json.dumps(event | {"text": "x" * 10_000}).encode()
    return Request((content,), {"Authorization": "Bearer ours", "Content-Type": "application/json"})


def test_what_waits_for_the_log_is_in_hand_and_too_much_of_it_is_429() -> None:
    async def scene() -> None:
        log, known = MemoryLog(), MemoryDirectory({"ours": 1}, {1: {"helpdesk": 7}})
        limits = Limits(most_bytes=50_000)
        door = Door(cast("Directory", known), GroupCommit(log), lambda: datetime.now(UTC), limits)
        log.is_open.clear()
        requests = [asyncio.create_task(message(number).put_to(door)) for number in range(20)]
        early = [one for one in requests if await _is_done_soon(one)]
        assert {(one.result().status, one.result().json["code"]) for one in early} == {
            (429, "busy")
        }
        assert len(early) == 16
        assert {one.result().headers["retry-after"] for one in early} == {"1"}
        log.is_open.set()
        assert sum(answer.status == 202 for answer in await asyncio.gather(*requests)) == 4
        again = [await message(number).put_to(door) for number in range(20)]
        assert {one.status for one in again} == {202}
        assert len(log.ids) == 24
        assert set(log.ids) == {f"e{number}" for number in range(20)}
        await door.close()

    asyncio.run(scene())


async def _is_done_soon(request: "asyncio.Task[Any]") -> bool:
    done, _ = await asyncio.wait([request], timeout=0.05)
    return bool(done)
