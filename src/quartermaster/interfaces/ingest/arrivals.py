"""Bodies as they arrive: none too large, none too slow, and not too many at once."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from quartermaster.interfaces.ingest import bodies
from quartermaster.interfaces.ingest.answers import Receive
from quartermaster.interfaces.ingest.problems import Problem


@dataclass(frozen=True, slots=True)
class Limits:
    """A body may take `patience_seconds` to come, and one more for each `bytes_a_second` of it.
    It has at most `body_bytes`; `most_bytes` of bodies may be in hand: on their way in, being read,
    or waiting for the log."""

    patience_seconds: float = 10
    bytes_a_second: int = 100_000
    most_bytes: int = 200_000_000
    body_bytes: int = bodies.MOST_BYTES


class Arrivals:
    """Receives bodies, and knows how many bytes of them are in hand."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._in_hand = 0

    async def body(self, headers: Mapping[bytes, str], receive: Receive) -> bytes:
        """A request's body, unzipped. It stays in hand until `let_go`."""
        length = headers.get(b"content-length", "")
        if length.isdecimal() and int(length) > self._limits.body_bytes:
            raise bodies.too_large(self._limits.body_bytes)
        parts: list[bytes] = []
        try:
            await self._receive(receive, parts)
            encoding = headers.get(b"content-encoding", "").strip().lower()
            body = bodies.unzipped(b"".join(parts), encoding)
        finally:
            self._in_hand -= sum(map(len, parts))
        self._in_hand += len(body)
        return body

    def let_go(self, body: bytes) -> None:
        """Its request has been answered."""
        self._in_hand -= len(body)

    async def _receive(self, receive: Receive, parts: list[bytes]) -> None:
        size = 0
        try:
            async with asyncio.timeout(self._limits.patience_seconds) as timer:
                patient_until = timer.when() or 0
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Problem(400, "cut_off", "the body ended early")
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    self._take_in_hand(len(parts[-1]))
                    if size > self._limits.body_bytes:
                        raise bodies.too_large(self._limits.body_bytes)
                    if not message.get("more_body"):
                        return
                    timer.reschedule(patient_until + size / self._limits.bytes_a_second)
        except TimeoutError:
            raise Problem(408, "too_slow", "the body took too long to come") from None

    def _take_in_hand(self, size: int) -> None:
        self._in_hand += size
        if self._in_hand > self._limits.most_bytes:
            raise busy()


def busy() -> Problem:
    """More waits than the door holds; there may be room in a second."""
    return Problem(429, "busy", "too much waits; come again", retry_after=1)
