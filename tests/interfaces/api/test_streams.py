"""Exports to clients that are slow, stand still, or leave."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from quartermaster.conf.web import streams
from quartermaster.conf.web.streams import Streams

PART = b"x" * 1000
PARTS = 500


class Export:
    """A WSGI application with a long answer, and how much of it was made."""

    def __init__(self) -> None:
        self.made = 0
        self.closed = threading.Event()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/csv")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(PARTS):
            self.made += 1
            yield PART

    def close(self) -> None:
        self.closed.set()


class Client:
    """Takes `wanted` messages; then it leaves, or stands still."""

    def __init__(self, wanted: int, leaves: bool) -> None:
        self.wanted, self.leaves = wanted, leaves
        self.taken: list[dict[str, Any]] = []
        self.left = asyncio.Event()

    async def receive(self) -> Any:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if len(self.taken) < self.wanted:
            self.taken.append(message)
        elif self.leaves:
            self.left.set()  # the server drops what is sent from now on
            await asyncio.sleep(0)
        else:
            await asyncio.sleep(3600)

    def is_whole(self) -> bool:
        """Whether it was told that the answer has ended."""
        return "body" in self.taken[-1] and not self.taken[-1].get("more_body", False)


def served(wanted: int, leaves: bool = False, stall_seconds: float = 3600) -> tuple[Export, Client]:
    """What was made for a client and what it took, once nobody is busy with it any more."""
    export = Export()

    async def serve() -> Client:
        client = Client(wanted, leaves)
        web = Streams(export, workers=1, stall_seconds=stall_seconds)
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "http_version": "1.1",
            "headers": [],
        }
        await asyncio.wait_for(web(scope, client.receive, client.send), 30)
        assert export.closed.is_set()
        return client

    return export, asyncio.run(serve())


def test_who_takes_all_gets_all_and_is_told_the_end() -> None:
    export, client = served(10_000)
    assert b"".join(one.get("body", b"") for one in client.taken) == PART * PARTS
    assert client.is_whole()
    assert export.made == PARTS


def test_for_who_leaves_nothing_more_is_made() -> None:
    export, client = served(5, leaves=True)
    assert export.made < 50
    assert not client.is_whole()


def test_who_takes_nothing_for_long_is_let_go() -> None:
    export, client = served(5, stall_seconds=0.05)
    assert export.made < 50
    assert not client.is_whole()


@pytest.mark.parametrize(
    ("path", "accept", "is_export"),
    [
        ("/v1/sessions", b"text/csv", True),
        ("/v1/sessions", b"application/x-ndjson", True),
        ("/v1/sessions", b"text/csv, application/json;q=0.1", True),
        ("/v1/sessions", b"*/*", False),
        ("/v1/sessions", b"Application/JSON", False),
        ("/v1/sessions", None, False),
        ("/v1/sessions/ses_1", b"text/csv", False),
        ("/v1/usage", b"text/csv", False),
        ("/sessions.csv", b"*/*", True),
    ],
)
def test_exports_are_told_by_their_form(path: str, accept: bytes | None, is_export: bool) -> None:
    headers = [(b"host", b"x"), *([(b"accept", accept)] if accept else [])]
    assert streams.is_export({"path": path, "headers": headers}) == is_export
