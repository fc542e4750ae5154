"""What reads have in common: the request's key, problems, and the way to the database."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, LiteralString

import structlog

from quartermaster.interfaces.ingest import answers
from quartermaster.interfaces.ingest.answers import Answer, Receive, Scope, Send
from quartermaster.interfaces.ingest.connection import Connection, DatabaseAway
from quartermaster.interfaces.ingest.problems import Problem

_log = structlog.get_logger("reader")


class Reader:
    """An ASGI callable that answers GET. `now` is the clock."""

    def __init__(self, database_url: str, now: Callable[[], datetime]) -> None:
        self._connection = Connection(database_url)
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        request_id = answers.request_id(headers)
        try:
            if scope["method"] != "GET":
                words = f"{scope['method']} is not done here, only GET"
                raise Problem(405, "method_not_allowed", words, allow="GET")
            answer = await self._answer(scope, headers)
        except Problem as no:
            _log.info("refused", request_id=request_id, status=no.status, code=no.code)
            answer = answers.refusal(no, request_id)
        except Exception:
            _log.exception("failed", request_id=request_id)
            words = "this is our fault; it is in our log under the request_id"
            answer = answers.refusal(Problem(500, "internal_error", words), request_id)
        await answers.respond(send, answer, request_id)

    async def close(self) -> None:
        """Lets go of the database."""
        await self._connection.close()

    async def _answer(self, scope: Scope, headers: Mapping[bytes, str]) -> Answer:
        raise NotImplementedError

    async def _row(
        self, statement: LiteralString, headers: Mapping[bytes, str], **asked: Any
    ) -> tuple[Any, ...]:
        """What a statement finds for the key of a request; there is a row where it is known."""
        digest = hashlib.sha256(answers.secret(headers).encode()).digest()
        rows = await self._rows(statement, digest=digest, **asked)
        if not rows:
            words = (
                "send `Authorization: Bearer <API key>` with a key that is known and not revoked"
            )
            raise Problem(401, "unknown_key", words, "Authorization")
        return rows[0]

    async def _rows(self, statement: LiteralString, **asked: Any) -> list[tuple[Any, ...]]:
        try:
            return await self._connection.rows(statement, asked)
        except DatabaseAway as away:
            _log.error("database_away", cause=str(away))
            words = "the database does not answer; ask again"
            raise Problem(503, "database_away", words, retry_after=1) from away


def no_bot(named: str) -> Problem:
    """The key's workspace has none of this name."""
    return Problem(404, "not_found", f"no bot {named!r} in this workspace", "bot")
