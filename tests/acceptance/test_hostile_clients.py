"""Clients that are slow, broken or greedy: each is answered by a code, and others are served."""

import gzip
import json
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psycopg
import pytest

from quartermaster.interfaces.ingest.bodies import MOST_BYTES, MOST_EVENTS
from quartermaster.interfaces.ingest.commits import MOST_WAITING
from tests.acceptance.installation import Installation, Reply, Up, on_the_tests_server, until

JSON = {"Content-Type": "application/json"}
ZIPPED = JSON | {"Content-Encoding": "gzip"}
HEAD_SECONDS = 3


@dataclass(frozen=True)
class Town:
    """A running installation and the keys of two workspaces: ours has a bot helpdesk, `bot`."""

    installation: Installation
    up: Up
    bot: str
    ours: str
    theirs: str

    def post(self, events: Any, key: str = "", **headers: str) -> Reply:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        allowed = {"Authorization": f"Bearer {key or self.ours}"}
        return self.up.ask("/v1/events", json.dumps(events).encode(), JSON | allowed | named)

    def get(self, path: str, key: str = "") -> Reply:
        return self.up.ask(path, headers={"Authorization": f"Bearer {key or self.ours}"})

    def serves(self) -> bool:
        """A good client gets what it asks for: at the door, the gate and in the pages' threads."""
        return (
            self.post([message(time.monotonic_ns())]).status == 202
            and self.get("/v1/bots/helpdesk/gate").status == 200
            and self.get("/readyz").status == 200
        )


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    limit = {"GRANIAN_HTTP1_HEADER_READ_TIMEOUT": str(HEAD_SECONDS * 1_000)}
    with tempfile.TemporaryDirectory() as home, on_the_tests_server(Path(home), **limit) as ours:
        assert ours.run("migrate").returncode == 0
        keys = []
        for name in ("ours", "theirs"):
            ours.json("workspace", "create", name)
            keys.append(ours.json("key", "create", "-w", name)["secret"])
        bot = ours.json("bot", "create", "helpdesk", "-w", "ours")["bot"]
        with ours.up() as up:
            yield Town(ours, up, bot, *keys)
            up.metered()
        ours.prove()


def message(number: object, **fields: Any) -> dict[str, Any]:
    named = {"id": f"e{number}", "type": "message", "time": datetime.now(UTC).isoformat()}
    return named | {"bot": "helpdesk", "user": "ann", "sender": "user"} | fields


@contextmanager
def dialled(up: Up, sent: bytes = b"") -> Iterator[socket.socket]:
    """A connection on which something has been sent."""
    with socket.create_connection(("127.0.0.1", up.port), timeout=30) as line:
        line.sendall(sent)
        yield line


def heard(line: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    found = b""
    while part := line.recv(65_536):
        found += part
    return found


def head(key: str, *lines: str, path: str = "/v1/events") -> bytes:
    allowed = f"Authorization: Bearer {key}"
    names = (f"POST {path} HTTP/1.1", "Host: localhost", allowed, "Content-Type: application/json")
    return "\r\n".join((*names, *lines, "", "")).encode()


def too_slow(key: str) -> list[bytes]:
    """Beginnings of requests whose heads are complete and whose bodies are not."""
    some, chunked = head(key, "Content-Length: 100"), head(key, "Transfer-Encoding: chunked")
    zipped = head(key, "Content-Length: 100", "Content-Encoding: gzip")
    return [
        some,
        some + b'[{"id": ',
        zipped + gzip.compress(b"[]"),
        chunked,
        chunked + b'8\r\n[{"id',
        chunked + b"2\r\n[]\r\n",
        *[head(key, "Content-Length: 100", path="/sign-in")] * 20,
    ]


SILENT = [b"", b"P", b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nX-Slow: "]


def test_the_slow_the_silent_and_the_gone_are_let_go_while_others_are_served(town: Town) -> None:
    """All but the owner of a key that is revoked: it is out within five seconds, also then."""
    lost = town.installation.json("key", "create", "lost", "-w", "ours")
    assert town.post([message("before")], lost["secret"]).status == 202
    with ExitStack() as opened:
        silent = [opened.enter_context(dialled(town.up, some)) for some in SILENT * 100]
        slow = [opened.enter_context(dialled(town.up, some)) for some in too_slow(town.ours)]
        dripping = opened.enter_context(dialled(town.up, head(town.ours, "Content-Length: 9999")))
        dripper = threading.Thread(target=drip, args=(dripping,))
        dripper.start()
        for some in too_slow(town.ours):
            vanish(town.up, some)
        assert town.serves()
        answers = until_heard(town, [*slow, dripping], lost)
        assert {answer.split(b" ", 2)[1] for answer in answers} == {b"408"}
        assert all(b'"code":"too_slow"' in answer for answer in answers)
        assert {heard(line) for line in silent} == {b""}
        dripper.join(10)
        assert town.serves()


def drip(line: socket.socket) -> None:
    """A body byte by byte, until the server has had enough."""
    with suppress(OSError):
        for _ in range(9_999):
            line.sendall(b" ")
            time.sleep(0.1)


def vanish(up: Up, sent: bytes) -> None:
    """Sends something and is gone without a goodbye."""
    with dialled(up, sent) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def until_heard(town: Town, lines: list[socket.socket], lost: dict[str, str]) -> list[bytes]:
    """What the server says to each before it closes."""
    with ThreadPoolExecutor(len(lines)) as pool:
        answers = [pool.submit(heard, line) for line in lines]
        town.installation.json("key", "revoke", lost["key"], "-w", "ours")
        time.sleep(5.1)
        late = town.post([message("after")], lost["secret"])
        assert (late.status, late.json["code"]) == (401, "unknown_key")
        assert town.get("/v1/bots/helpdesk/gate", lost["secret"]).status == 401
        while not all(answer.done() for answer in answers):
            assert town.serves()
            time.sleep(0.1)
        return [answer.result() for answer in answers]


BOMB = gzip.compress(bytes(MOST_BYTES // 2 + 1)) * 2
WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "SGVsbG8sIHdvcmxkIQ==",
}


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b" " * (MOST_BYTES + 1), JSON, 413, "body_too_large"),
        (b" " * 50_000_000, JSON, 413, "body_too_large"),
        (b" " * 50_000_000, JSON | {"Transfer-Encoding": "chunked"}, 413, "body_too_large"),
        (BOMB, ZIPPED, 413, "body_too_large"),
        (BOMB, ZIPPED | {"Transfer-Encoding": "chunked"}, 413, "body_too_large"),
        (b"[" + b"{}," * 99_999 + b"{}]", JSON, 413, "too_many_events"),
        (b"[" * 1_000_000, JSON, 400, "malformed_json"),
        (b'{"x": ' + b'{"x":' * 1_000_000, JSON, 400, "malformed_json"),
        (b"\0" * 100, JSON, 400, "malformed_json"),
        (b"\xff\xfe[\0]\0", JSON, 400, "malformed_json"),
        (gzip.compress(b"[]")[:-1], ZIPPED, 400, "bad_gzip"),
        (b"[]", {"Content-Type": "\xff"}, 415, "unsupported_media_type"),
        (b"[]", JSON | {"Content-Encoding": "gzip, gzip"}, 415, "unsupported_encoding"),
        (b" " * 9_000_000, JSON | {"Authorization": "Bearer qm_wrong"}, 401, "unknown_key"),
        (b"[]", JSON | {"Authorization": ""}, 401, "unknown_key"),
        (b"[]", JSON | {"Authorization": "Bearer"}, 401, "unknown_key"),
        (b"[]", JSON | {"Authorization": "Bearer \xff\xfe"}, 401, "unknown_key"),
        (b"[]", JSON | {"Authorization": "Bearer " + "x" * 100_000}, 401, "unknown_key"),
        (b"[]", JSON | {"Authorization": "Basic b3Vyczo="}, 401, "unknown_key"),
        (None, WEBSOCKET, 405, "method_not_allowed"),
    ],
)
def test_what_the_door_does_not_take_has_a_code_whatever_is_sent(
    town: Town, body: bytes | None, headers: dict[str, str], status: int, code: str
) -> None:
    reply = stubborn(town.up, body, {"Authorization": f"Bearer {town.ours}"} | headers)
    assert (reply.status, reply.json["code"], reply.json["status"]) == (status, code, status)
    assert reply.json["request_id"] == reply.headers["x-request-id"]
    assert town.serves()


@pytest.mark.parametrize(
    ("path", "size", "status", "words"),
    [
        ("/sign-in", 65_537, 413, b"at most 64 kB"),
        ("/keys", 50_000_000, 413, b"at most 64 kB"),
        ("/v1/usage", 65_537, 413, b'"code":"body_too_large"'),
        ("/v1/usage", 65_536, 405, b'"code": "method_not_allowed"'),
        ("/estimate", 9_000_000, 403, b"The form was not taken"),
        ("/estimate", 50_000_000, 403, b"The form was not taken"),
    ],
)
def test_who_has_not_signed_in_sends_little_but_files(
    town: Town, path: str, size: int, status: int, words: bytes
) -> None:
    with closing(HTTPConnection("127.0.0.1", town.up.port, timeout=30)) as line:
        line.request("POST", path, b" " * size)
        reply = line.getresponse()
        assert (reply.status, words in reply.read()) == (status, True)
    assert town.serves()


def stubborn(up: Up, body: bytes | None, headers: dict[str, str]) -> Reply:
    """The answer to a client that sends on as long as it is let."""
    whole = body or b""
    parts = (whole[at : at + 65_536] for at in range(0, len(whole), 65_536))
    is_chunked = "Transfer-Encoding" in headers
    connection = HTTPConnection("127.0.0.1", up.port, timeout=20)
    with closing(connection):
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request(
                "GET" if body is None else "POST",
                "/v1/events",
                parts if is_chunked else body,
                headers,
                encode_chunked=is_chunked,
            )
        response = connection.getresponse()
        names = {name.lower(): text for name, text in response.getheaders()}
        return Reply(response.status, names, response.read())


def test_a_bot_of_another_workspace_is_like_one_that_is_not(town: Town) -> None:
    town.post([message("seen"), {}], X_Request_Id="seen")
    for name in ("helpdesk", town.bot):
        for events in (message(1, bot=name), [message(1, bot=name)]):
            assert told(town.post(events, town.theirs), name) == told(
                town.post(json.loads(json.dumps(events).replace(name, "nobody")), town.theirs),
                "nobody",
            )
        gate = town.get(f"/v1/bots/{name}/gate", town.theirs)
        nobody = town.get("/v1/bots/nobody/gate", town.theirs)
        assert gate.status == 404
        assert told(gate, name) == told(nobody, "nobody")
    assert town.get("/v1/events/requests/seen").json
    assert town.get("/v1/events/requests/seen", town.theirs).json == []
    found = town.get("/v1/events/rejected", town.theirs).json["rejections"]
    assert {one["code"] for one in found} == {"unknown_bot"}


def told(reply: Reply, name: str) -> tuple[int, str]:
    """An answer without what differs between any two."""
    text = reply.body.decode()
    return reply.status, text.replace(reply.headers["x-request-id"], "").replace(name, "")


def test_a_full_queue_is_429_and_what_was_promised_is_there_once(town: Town) -> None:
    """Nothing can be committed for a while, and more is sent than may wait."""
    size, clients = 50, MOST_WAITING // MOST_EVENTS + 4
    refused = threading.Event()
    waits = "lock table metering_eventbatch in access exclusive mode"

    def send(number: int) -> int:
        """Until it is taken twice; how often it was not refused for sure."""
        batch = [message(f"full-{number}-{one}") for one in range(size)]
        batch += [{}] * (MOST_EVENTS - size)
        taken = doubtful = 0
        while taken < 2:
            reply = town.post(batch, X_Request_Id=f"full-{number}")
            if reply.status == 202:
                taken += 1
                continue
            answer = (reply.status, reply.json["code"])
            assert answer in ((429, "busy"), (503, "not_stored"))
            doubtful += reply.status == 503
            if reply.status == 429:
                refused.set()
            time.sleep(float(reply.headers["retry-after"]))
        return taken + doubtful

    with (
        psycopg.connect(town.installation.environ["DATABASE_URL"]) as connection,
        ThreadPoolExecutor(clients) as pool,
    ):
        connection.execute(waits)
        sent = [pool.submit(send, number) for number in range(clients)]
        assert refused.wait(20)
        connection.rollback()
        tries = [one.result(60) for one in sent]
    until(town.up.is_idle)
    for number, most in enumerate(tries):
        found = town.get(f"/v1/events/requests/full-{number}").json
        assert 2 <= len(found) <= most, "what was refused is not there"
        assert sum(one["stored"] for one in found) == size
        assert sum(one["duplicates"] for one in found) == size * (len(found) - 1)
