"""What door and gate send back, and what they understand of a request's head."""

import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from quartermaster.interfaces.ingest.problems import Problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a status, a body, and headers beyond the usual ones."""

    status: int
    body: bytes
    media_type: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


def request_id(headers: Mapping[bytes, str]) -> str:
    """The client's own, or a new one."""
    given = headers.get(b"x-request-id", "")
    if 0 < len(given) <= 100 and given.isascii() and given.isprintable():
        return given
    return f"req_{os.urandom(16).hex()}"


def secret(headers: Mapping[bytes, str]) -> str:
    """The bearer key; empty where there is none."""
    scheme, _, secret = headers.get(b"authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def refusal(no: Problem, request_id: str) -> Answer:
    """A problem as an answer."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if no.retry_after is not None:
        headers = ((b"retry-after", b"%d" % no.retry_after),)
    if no.status == 401:
        headers += ((b"www-authenticate", b"Bearer"),)
    if no.allow is not None:
        headers += ((b"allow", no.allow.encode()),)
    return Answer(no.status, no.body(request_id), b"application/problem+json", headers)


async def respond(send: Send, answer: Answer, request_id: str) -> None:
    """Sends the answer."""
    headers = [
        (b"content-type", answer.media_type),
        (b"content-length", b"%d" % len(answer.body)),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", request_id.encode()),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
