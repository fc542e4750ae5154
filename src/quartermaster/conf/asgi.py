"""One address for door, gate and web: all but the first two is Django's, in threads."""

import asyncio
import contextlib
import gc
from collections.abc import Awaitable, Callable
from typing import Any, cast

import quartermaster.conf.ready  # noqa: F401  # isort: skip
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from quartermaster.conf import logs, wiring
from quartermaster.conf.web import streams
from quartermaster.interfaces.ingest import answers, gate
from quartermaster.interfaces.ingest.arrivals import Arrivals, Limits
from quartermaster.interfaces.ingest.problems import Problem

logs.configure()
_django = cast("Any", get_wsgi_application())
_web = WSGIMiddleware(_django, workers=8)
_exports = streams.Streams(_django, workers=4)
_door = wiring.door()
_gate = wiring.gate()
_forms = Arrivals(Limits(most_bytes=50_000_000))


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application that the server runs."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["path"] == "/v1/events":
        await _door(scope, receive, send)
    elif gate.PATH.fullmatch(scope["path"]):
        await _gate(scope, receive, send)
    elif scope["method"] == "GET" and streams.is_export(scope):
        await _exports(scope, _coroutine(receive), _coroutine(send))
    elif scope["method"] in ("GET", "HEAD"):
        await _web(scope, _coroutine(receive), _coroutine(send))
    else:
        await _take_form(scope, receive, send)


async def _take_form(scope: Any, receive: Any, send: Any) -> None:
    """Waits for the whole body before a thread has to: slow clients would soon hold all of them.
    And a form that was cut off is never acted upon."""
    try:
        body = await _forms.body({}, receive)
    except Problem as no:
        if no.code in ("body_too_large", "busy") and not scope["path"].startswith("/v1/"):
            await _send_back(receive, send, no)
        else:
            await _refuse(send, no)
        return

    async def whole() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        await _web(scope, whole, _coroutine(send))
    finally:
        _forms.let_go(body)


async def _refuse(send: Any, no: Problem) -> None:
    request_id = answers.request_id({})
    await answers.respond(send, answers.refusal(no, request_id), request_id)


async def _send_back(receive: Any, send: Any, no: Problem) -> None:
    """People get the page of their form again, which knows the code. Browsers hear nothing before
    they have sent all: it is let pass by."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60):
            while (await receive()).get("more_body"):
                pass
    place = (b"location", f"?refused={no.code}".encode())
    await send({"type": "http.response.start", "status": 303, "headers": [place]})
    await send({"type": "http.response.body", "body": b""})


def _coroutine(awaits: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The bridge schedules these as tasks, which the server's own awaitables do not allow."""

    async def call(*words: Any) -> Any:
        return await awaits(*words)

    return call


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            gc.collect()
            gc.freeze()  # What stays for good is not looked through again while requests wait.
            await send({"type": "lifespan.startup.complete"})
        else:
            async with asyncio.timeout(5):
                await asyncio.gather(_door.close(), _gate.close())
            await send({"type": "lifespan.shutdown.complete"})
            return
