"""`POST /v1/events` as an ASGI callable: check, append to the log, answer after the commit."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec
import structlog
from prometheus_client import Counter, Histogram

from quartermaster.core.lifecycles import clocks
from quartermaster.core.usage import events
from quartermaster.core.usage.events import Rejection, Submission, Window
from quartermaster.interfaces.ingest import answers, bodies
from quartermaster.interfaces.ingest.answers import Answer, Receive, Scope, Send
from quartermaster.interfaces.ingest.arrivals import Arrivals, Limits, busy
from quartermaster.interfaces.ingest.commits import Busy, GroupCommit
from quartermaster.interfaces.ingest.directory import Directory, Tenant
from quartermaster.interfaces.ingest.problems import Problem

ACCEPTED: Final = Counter("quartermaster_events_accepted", "Events answered 202")
REJECTED: Final = Counter("quartermaster_events_rejected", "Events not accepted", ["code"])
SECONDS: Final = Histogram(
    "quartermaster_door_seconds",
    "Time to a durable answer",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_LIMITS: Final = Limits()
_log = structlog.get_logger("door")
_encoder = msgspec.json.Encoder()


class Door:
    """Takes events in. `now` is the clock of all whose own does not stand, `commits` the way into
    the log."""

    def __init__(
        self,
        directory: Directory,
        commits: GroupCommit,
        now: Callable[[], datetime],
        limits: Limits = _LIMITS,
    ) -> None:
        self._directory = directory
        self._commits = commits
        self._now = now
        self._arrivals = Arrivals(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        request_id = answers.request_id(headers)
        with SECONDS.time():
            try:
                answer = await self._answer(scope, headers, request_id, receive)
            except Problem as no:
                answer = _refusal(no, request_id)
        await answers.respond(send, answer, request_id)

    async def close(self) -> None:
        """Lets go of the database."""
        await self._commits.close()
        await self._directory.close()

    async def _answer(
        self, scope: Scope, headers: Mapping[bytes, str], request_id: str, receive: Receive
    ) -> Answer:
        if scope["method"] != "POST":
            raise Problem(405, "method_not_allowed", "POST events here", allow="POST")
        tenant = await self._tenant(headers)
        body = await self._arrivals.body(headers, receive)
        try:
            return await self._take(tenant, request_id, body, headers)
        finally:
            self._arrivals.let_go(body)

    async def _take(
        self, tenant: Tenant, request_id: str, body: bytes, headers: Mapping[bytes, str]
    ) -> Answer:
        parsed, rejected, is_single = bodies.parse(body, headers.get(b"content-type", ""))
        at = clocks.read(tenant.frozen_at, self._now())
        accepted, unfit = events.accept(
            parsed,
            Window.around(at),
            await self._bots(tenant.workspace, {event.bot for _, event in parsed}),
        )
        rejected = sorted([*rejected, *unfit], key=lambda one: one.index)
        await self._store(Submission(tenant.workspace, request_id, at, accepted, rejected))
        ACCEPTED.inc(len(accepted))
        for one in rejected:
            REJECTED.labels(one.code).inc()
        if is_single and rejected:
            no = rejected[0]
            raise Problem(422, no.code, no.reason, no.field)
        return _accepted(accepted.id, rejected, request_id)

    async def _tenant(self, headers: Mapping[bytes, str]) -> Tenant:
        secret = answers.secret(headers)
        if not secret:
            raise Problem(
                401, "unknown_key", "send `Authorization: Bearer <API key>`", "Authorization"
            )
        try:
            tenant = await self._directory.find_workspace(secret)
        except OSError as down:
            raise _unavailable(down) from down
        if tenant is None:
            raise Problem(401, "unknown_key", "this key is not known or revoked", "Authorization")
        return tenant

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
            raise busy() from None
        except OSError as failure:
            raise _unavailable(failure) from failure


def _unavailable(cause: Exception) -> Problem:
    _log.error("not_stored", cause=str(cause))
    return Problem(
        503, "not_stored", "nothing of this request counts for sure; send it again", retry_after=1
    )


def _refusal(no: Problem, request_id: str) -> Answer:
    if no.status != 422:
        REJECTED.labels(no.code).inc()
    _log.info("refused", request_id=request_id, status=no.status, code=no.code)
    return answers.refusal(no, request_id)


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
