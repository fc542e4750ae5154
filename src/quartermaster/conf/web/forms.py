"""Forms, and whatever else is sent to pages and API, as they arrive."""

import asyncio
import contextlib
from collections.abc import MutableMapping
from typing import Any, Final

from quartermaster.interfaces.ingest import answers
from quartermaster.interfaces.ingest.answers import Receive, Scope, Send
from quartermaster.interfaces.ingest.arrivals import Arrivals, Limits
from quartermaster.interfaces.ingest.problems import Problem

MOST_BYTES: Final = 65_536
KEPT_BYTES: Final = 16_384
_TOLD_BY_A_PAGE: Final = ("body_too_large", "busy")


class Forms:
    """Waits for the whole body before a thread has to: slow clients would soon hold all of them.
    And a form that was cut off is never acted upon.

    People get a page that says why theirs was not taken: `scope["refused"]` is the problem, and of
    the body `kept_bytes` of its beginning and of its end remain. There a form has what was typed,
    whatever file stands between.
    """

    def __init__(self, web: Any, limits: Limits, kept_bytes: int = 0) -> None:
        self._web, self._arrivals, self._kept_bytes = web, Arrivals(limits), kept_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ends = _Ends(receive, self._kept_bytes)
        try:
            body = await self._arrivals.body({}, ends)
        except Problem as no:
            if no.code in _TOLD_BY_A_PAGE and not scope["path"].startswith("/v1/"):
                await ends.pass_by()
                await self._pass_on({**scope, "refused": no}, ends.kept(), send)
            else:
                request_id = answers.request_id({})
                await answers.respond(send, answers.refusal(no, request_id), request_id)
            return
        try:
            await self._pass_on(scope, body, send)
        finally:
            self._arrivals.let_go(body)

    async def _pass_on(self, scope: Scope, body: bytes, send: Send) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
        headers.append((b"content-length", b"%d" % len(body)))

        async def whole() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def answer(message: Any) -> None:  # the bridge schedules it as a task
            await send(message)

        await self._web({**scope, "headers": headers}, whole, answer)


class _Ends:
    """Hands on what comes, and keeps so many bytes of its beginning and of its end."""

    def __init__(self, receive: Receive, size: int) -> None:
        self._receive, self._size = receive, size
        self._head, self._tail = b"", b""
        self._goes_on = True

    async def __call__(self) -> MutableMapping[str, Any]:
        message = await self._receive()
        part = message.get("body", b"")
        room = self._size - len(self._head)
        self._head += part[:room]
        self._tail = (self._tail + part[room:])[-self._size :] if self._size else b""
        self._goes_on = message.get("more_body", False)
        return message

    async def pass_by(self) -> None:
        """The rest of it: browsers hear nothing before they have sent all."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60):
                while self._goes_on:
                    await self()

    def kept(self) -> bytes:
        """Beginning and end, one after the other."""
        return self._head + self._tail
