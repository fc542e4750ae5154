"""One address for door and web: events go to the door, all else to Django in threads."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import quartermaster.conf.ready  # noqa: F401  # isort: skip
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from quartermaster.conf import logs, wiring

logs.configure()
_web = WSGIMiddleware(cast("Any", get_wsgi_application()), workers=8)
_door = wiring.door()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application that the server runs."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["path"] == "/v1/events":
        await _door(scope, receive, send)
    else:
        await _web(scope, _coroutine(receive), _coroutine(send))


def _coroutine(awaits: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The bridge schedules these as tasks, which the server's own awaitables do not allow."""

    async def call(*words: Any) -> Any:
        return await awaits(*words)

    return call


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await asyncio.wait_for(_door.close(), timeout=5)
            await send({"type": "lifespan.shutdown.complete"})
            return
