"""One address for door, gate and web: all but the first two is Django's, in threads."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from typing import Any, cast

import quartermaster.conf.ready  # noqa: F401  # isort: skip
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from quartermaster.conf import logs, wiring
from quartermaster.conf.web import forms, streams
from quartermaster.conf.web.forms import Forms
from quartermaster.interfaces.console import addresses
from quartermaster.interfaces.ingest import gate
from quartermaster.interfaces.ingest.arrivals import Limits
from quartermaster.interfaces.ingest.entitlements import address as entitlements

logs.configure()
_django = cast("Any", get_wsgi_application())
_web = WSGIMiddleware(_django, workers=8)
_exports = streams.Streams(_django, workers=4)
_door = wiring.door()
_gate = wiring.gate()
_entitlements = wiring.entitlements()
_forms = Forms(_web, Limits(most_bytes=10_000_000, body_bytes=forms.MOST_BYTES))
_uploads = Forms(_web, Limits(most_bytes=50_000_000), forms.KEPT_BYTES)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application that the server runs."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["path"] == "/v1/events":
        await _door(scope, receive, send)
    elif gate.PATH.fullmatch(scope["path"]):
        await _gate(scope, receive, send)
    elif entitlements.PATH.fullmatch(scope["path"]):
        await _entitlements(scope, receive, send)
    elif scope["method"] == "GET" and streams.is_export(scope):
        await _exports(scope, _coroutine(receive), _coroutine(send))
    elif scope["method"] in ("GET", "HEAD"):
        await _web(scope, _coroutine(receive), _coroutine(send))
    else:
        takes_files = scope["path"] in addresses.UPLOADS
        await (_uploads if takes_files else _forms)(scope, receive, send)


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
                await asyncio.gather(*(one.close() for one in (_door, _gate, _entitlements)))
            await send({"type": "lifespan.shutdown.complete"})
            return
