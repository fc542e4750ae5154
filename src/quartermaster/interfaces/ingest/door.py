"""`POST /v1/events` as an ASGI callable: check, append to the log, answer after the commit."""

import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
import structlog
from prometheus_client import Counter, Histogram

from quartermaster.core.usage import events
from quartermaster.core.usage.events import Rejection, Submission, Window
from quartermaster.interfaces.ingest import bodies
from quartermaster.interfaces.ingest.commits import Busy, GroupCommit
from quartermaster.interfaces.ingest.directory import Directory
from quartermaster.interfaces.ingest.problems import Problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ACCEPTED: Final = Counter("quartermaster_events_accepted", "Events answered 202")
REJECTED: Final = Counter("quartermaster_events_rejected", "Events not accepted", ["code"])
SECONDS: Final = Histogram(
    "quartermaster_door_seconds",
    "Time to a durable answer",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_log = structlog.get_logger("door")
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a status, a body, and headers beyond the usual ones."""

    status: int
    body: bytes
    media_type: bytes = b"application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Door:
    """Takes events in. `now` is the clock, `commits` the way into the log."""

    def __init__(
        self, directory: Directory, commits: GroupCommit, now: Callable[[], datetime]
    ) -> None:
        self._directory = directory
        self._commits = commits
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        request_id = _request_id(headers)
        with SECONDS.time():
            try:
                answer = await self._answer(scope, headers, request_id, receive)
            except Problem as no:
                answer = _refusal(no, request_id)
        await _respond(send, answer, request_id)

    async def close(self) -> None:
        """Lets go of the database."""
        await self._commits.close()
        await self._directory.close()

    async def _answer(
        self, scope: Scope, headers: Mapping[bytes, str], request_id: str, receive: Receive
    ) -> Answer:
        if scope["method"] != "POST":
            raise Problem(405, "method_not_allowed", "POST events here")
        workspace = await self._workspace(headers)
        body = bodies.unzipped(
            await _body(headers, receive), headers.get(b"content-encoding", "").strip().lower()
        )
        parsed, rejected, is_single = bodies.parse(body, headers.get(b"content-type", ""))
        at = self._now()
        accepted, unfit = events.accept(
            parsed,
            Window.around(at),
            await self._bots(workspace, {event.bot for _, event in parsed}),
        )
        rejected = sorted([*rejected, *unfit], key=lambda one: one.index)
        await self._store(Submission(workspace, request_id, at, accepted, rejected))
        ACCEPTED.inc(len(accepted))
        for one in rejected:
            REJECTED.labels(one.code).inc()
        if is_single and rejected:
            no = rejected[0]
            raise Problem(422, no.code, no.reason, no.field)
        return _accepted(accepted.id, rejected, request_id)

    async def _workspace(self, headers: Mapping[bytes, str]) -> int:
        scheme, _, secret = headers.get(b"authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise Problem(
                401, "unknown_key", "send `Authorization: Bearer <API key>`", "Authorization"
            )
        try:
            workspace = await self._directory.find_workspace(secret.strip())
        except OSError as down:
            raise _unavailable(down) from down
        if workspace is None:
            raise Problem(401, "unknown_key", "this key is not known or revoked", "Authorization")
        return workspace

    async def _bots(self, workspace: int, wanted: set[str]) -> Mapping[str, int]:
        try:
            return await self._directory.bots(workspace, wanted)
        except OSError as down:
            raise _unavailable(down) from down

    async def _store(self, submission: Submission) -> None:
        if not len(submission.accepted) and not submission.rejected:
            return
        try:
            await self._commits.append(submission)
        except Busy:
            raise Problem(429, "busy", "too much waits; come again", retry_after=1) from None
        except OSError as failure:
            raise _unavailable(failure) from failure


def _request_id(headers: Mapping[bytes, str]) -> str:
    given = headers.get(b"x-request-id", "")
    if 0 < len(given) <= 100 and given.isascii() and given.isprintable():
        return given
    return f"req_{uuid.uuid4().hex}"


async def _body(headers: Mapping[bytes, str], receive: Receive) -> bytes:
    length = headers.get(b"content-length", "")
    if length.isdecimal() and int(length) > bodies.MOST_BYTES:
        raise bodies.too_large()
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "cut_off", "the body ended early")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > bodies.MOST_BYTES:
            raise bodies.too_large()
        if not message.get("more_body"):
            return b"".join(parts)


def _unavailable(cause: Exception) -> Problem:
    _log.error("not_stored", cause=str(cause))
    return Problem(
        503, "not_stored", "nothing of this request counts for sure; send it again", retry_after=1
    )


def _refusal(no: Problem, request_id: str) -> Answer:
    if no.status != 422:
        REJECTED.labels(no.code).inc()
    _log.info("refused", request_id=request_id, status=no.status, code=no.code)
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if no.retry_after is not None:
        headers = ((b"retry-after", b"%d" % no.retry_after),)
    if no.status == 401:
        headers += ((b"www-authenticate", b"Bearer"),)
    if no.status == 405:
        headers += ((b"allow", b"POST"),)
    return Answer(no.status, no.body(request_id), b"application/problem+json", headers)


def _accepted(ids: list[str], rejected: list[Rejection], request_id: str) -> Answer:
    body = _encoder.encode(
        {
            "request_id": request_id,
            "accepted_count": len(ids),
            "rejected_count": len(rejected),
            "accepted": ids,
            "rejected": rejected,
        }
    )
    if rejected:
        _log.info("rejected", request_id=request_id, events=len(rejected), code=rejected[0].code)
    return Answer(202 if ids or not rejected else 422, body)


async def _respond(send: Send, answer: Answer, request_id: str) -> None:
    headers = [
        (b"content-type", answer.media_type),
        (b"content-length", b"%d" % len(answer.body)),
        (b"x-request-id", request_id.encode()),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
