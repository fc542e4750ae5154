"""Forms that are too large, or come when there is no room: heard out, refused, and kept."""

import asyncio
import io
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from quartermaster.conf.web import forms
from quartermaster.conf.web.forms import Forms
from quartermaster.interfaces.ingest import bodies
from quartermaster.interfaces.ingest.arrivals import Limits
from quartermaster.interfaces.ingest.problems import Problem
from tests.books import open_books
from tests.interfaces.console.visits import read, signed_in, text, tiles, value, wrong

SMALL = Limits(body_bytes=forms.MOST_BYTES)


@dataclass
class Web:
    """What came through to the pages, and what was answered without them."""

    scopes: list[Any] = field(default_factory=list)
    body: bytes = b""
    answers: list[Any] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        self.body = (await receive())["body"]

    async def send(self, message: Any) -> None:
        self.answers.append(message)


def sent(parts: list[bytes], limits: Limits, kept: int = 0, path: str = "/keys") -> Web:
    """A POST in these parts; all of them are taken off the line."""
    web, left = Web(), list(parts)

    async def receive() -> Any:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    length = (b"content-length", b"%d" % sum(map(len, parts)))
    scope = {"path": path, "headers": [(b"host", b"x"), length]}
    asyncio.run(asyncio.wait_for(Forms(web, limits, kept)(scope, receive, web.send), 5))
    assert not left or path.startswith("/v1/")
    return web


def test_a_form_comes_through_whole() -> None:
    web = sent([b"a" * 65_000, b"b" * 536], SMALL)
    assert web.body == b"a" * 65_000 + b"b" * 536
    assert "refused" not in web.scopes[0]


@pytest.mark.parametrize("parts", [[b"a" * 65_537], [b"a" * 65_000, b"b" * 537, b"c" * 99_999]])
def test_one_that_is_too_large_is_heard_out_and_refused(parts: list[bytes]) -> None:
    web = sent(parts, SMALL)
    assert (web.body, web.scopes[0]["refused"].code) == (b"", "body_too_large")
    assert dict(web.scopes[0]["headers"]) == {b"host": b"x", b"content-length": b"0"}


def test_beginning_and_end_are_kept_where_files_are_taken() -> None:
    file = [bytes([65 + number]) * 700 for number in range(20)]
    web = sent([b"head", *file, b"tail"], Limits(body_bytes=5_000), 1_000, "/estimate")
    whole = b"".join([b"head", *file, b"tail"])
    assert web.body == whole[:1_000] + whole[-1_000:]
    assert dict(web.scopes[0]["headers"])[b"content-length"] == b"2000"
    short = sent([b"head", b"tail"], Limits(most_bytes=7), 1_000, "/estimate")
    assert (short.body, short.scopes[0]["refused"].code) == (b"headtail", "busy")


def test_programs_are_told_in_their_form() -> None:
    web = sent([b"a" * 65_537, b"b"], SMALL, path="/v1/usage")
    assert not web.scopes
    assert web.answers[0]["status"] == 413
    assert b'"code":"body_too_large"' in web.answers[1]["body"]
    assert b"at most 65,536 bytes" in web.answers[1]["body"]


def refused(client: Client, address: str, no: Problem, **said: Any) -> Any:
    """The answer to a form that the server has refused."""
    return client.post(address, said, **{"asgi.scope": {"refused": no}})


@pytest.fixture
def client() -> Client:
    """Signed in."""
    return signed_in(open_books())


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/keys", "/sign-in", "/theme", "/nowhere"])
def test_people_get_a_page_that_says_why(client: Client, address: str) -> None:
    response = refused(client, address, bodies.too_large(forms.MOST_BYTES), name="shop")
    assert response.status_code == 413
    assert "A form takes at most 64 kB here." in text(response.content.decode())
    busy = refused(client, address, Problem(429, "busy", ""))
    assert busy.status_code == 429
    assert "Too many forms are on their way" in text(busy.content.decode())
    assert "No keys yet" in read(client, "/keys")


@pytest.mark.django_db
@pytest.mark.parametrize("place", [0, 5])
@pytest.mark.parametrize(
    ("no", "status", "words"),
    [
        (bodies.too_large(), 413, "A file has at most 10 MB here; it may be zipped (.gz)."),
        (Problem(429, "busy", ""), 503, "Too many files are on their way just now."),
    ],
)
def test_what_was_typed_beside_a_file_that_was_refused_is_kept(
    client: Client, place: int, no: Problem, status: int, words: str
) -> None:
    """Wherever the file stands among the fields."""
    typed = {"inactivity": "3", "unit": "hours", "price": "0.35", "voice": "phone, ü"}
    file = io.BytesIO(b"id,time\n" * 2_000)
    file.name = "log.csv"
    fields = list({"csrfmiddlewaretoken": "x" * 64, **typed}.items())
    fields.insert(place, ("file", file))
    body = encode_multipart(BOUNDARY, dict(fields))
    kept = sent([body[:400], body[400:]], Limits(body_bytes=9_000), 4_096, "/estimate").body
    assert len(kept) == 8_192 < len(body)
    marked = {"asgi.scope": {"refused": no}}
    response = client.generic("POST", "/estimate", kept, MULTIPART_CONTENT, **marked)
    page = response.content.decode()
    assert response.status_code == status
    [said] = wrong(page)
    assert said.startswith(words)
    assert not tiles(page)
    assert '<option value="hours" selected>' in page
    assert {name: value(page, name) for name in ("inactivity", "price", "voice")} == {
        name: typed[name] for name in ("inactivity", "price", "voice")
    }
