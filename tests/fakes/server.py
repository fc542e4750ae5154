"""A web server's side of ASGI: puts one request to an application and takes its answer."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Request:
    """A request; `parts` is its body in the pieces in which it arrives. With `is_cut_off` the
    client hangs up behind the last of them."""

    parts: Sequence[bytes] = (b"",)
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    path: str = "/v1/events"
    is_cut_off: bool = False

    async def put_to(self, application: Application) -> Answer:
        """Serves it."""
        sent: list[MutableMapping[str, Any]] = []
        waiting = list(self._messages())

        async def receive() -> MutableMapping[str, Any]:
            await asyncio.sleep(0)
            return waiting.pop(0)

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        names = [(name.lower().encode(), text.encode()) for name, text in self.headers.items()]
        path, _, query = self.path.partition("?")
        scope = {"type": "http", "method": self.method, "path": path, "headers": names}
        scope |= {"query_string": query.encode()}
        await application(scope, receive, send)
        start, *rest = sent
        headers = {name.decode(): text.decode() for name, text in start["headers"]}
        return Answer(start["status"], headers, b"".join(one["body"] for one in rest))

    def _messages(self) -> list[MutableMapping[str, Any]]:
        last = len(self.parts) - 1
        found: list[MutableMapping[str, Any]] = [
            {
                "type": "http.request",
                "body": part,
                "more_body": self.is_cut_off or place < last,
            }
            for place, part in enumerate(self.parts)
        ]
        return [*found, {"type": "http.disconnect"}]
