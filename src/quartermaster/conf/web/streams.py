"""Answers that go on for long, to clients who may take them slowly or leave."""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from typing import Any, Final

from a2wsgi import WSGIMiddleware

STALL_SECONDS: Final = 30
_PLAIN: Final = (b"", b"*/*", b"application/json")


def is_export(scope: Any) -> bool:
    """Whether a GET may be answered by more than a page."""
    if scope["path"] == "/sessions.csv":
        return True
    accepted = next((text for name, text in scope["headers"] if name == b"accept"), b"")
    return scope["path"] == "/v1/sessions" and accepted.lower() not in _PLAIN


class Streams:
    """A WSGI application in threads of its own: however slowly an export is taken, pages and
    probes do not wait for it.

    A thread makes no more of an answer than the client takes, and nothing more once it has left or
    has taken nothing for a while. Such an answer has no proper end, so that nobody takes what came
    for all there is.
    """

    def __init__(self, application: Any, workers: int, stall_seconds: float = STALL_SECONDS):
        self._web = WSGIMiddleware(_Leaving(application), workers=workers)
        self._stall_seconds = stall_seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        gone = scope["gone"] = threading.Event()
        watching = asyncio.create_task(_watch(receive, gone))

        async def part(message: Any) -> None:
            if gone.is_set():
                return
            try:
                async with asyncio.timeout(self._stall_seconds):
                    await send(message)
            except TimeoutError:
                gone.set()

        try:
            await self._web(scope, _no_body, part)
        finally:
            watching.cancel()


async def _watch(receive: Any, gone: threading.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()


async def _no_body() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


class _Leaving:
    """Stops making an answer when its client has gone."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        answer = self._application(environ, start_response)
        return _Parts(answer, environ["asgi.scope"]["gone"])


class _Parts:
    def __init__(self, answer: Any, gone: threading.Event) -> None:
        self._answer, self._gone = answer, gone

    def __iter__(self) -> Iterator[bytes]:
        for part in self._answer:
            if self._gone.is_set():
                return
            yield part

    def close(self) -> None:
        self._answer.close()
