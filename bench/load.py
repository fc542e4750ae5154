"""A load generator that costs little: requests made beforehand, plain sockets, one thread."""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Answers:
    """What came back: seconds per request in order of completion, and how many were not 2xx."""

    seconds: list[float]
    failed: int
    spent: float


def request(path: str, key: str, body: bytes | None = None) -> bytes:
    """One HTTP/1.1 request, a POST of JSON where there is a body."""
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", "Host: bench"]
    lines.append(f"Authorization: Bearer {key}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


def fire(
    port: int, requests: Sequence[bytes], connections: int, per_second: float | None = None
) -> Answers:
    """Sends all requests over so many keep-alive connections; with `per_second`, paced, and each
    one's time counts from when it was due."""
    answers, selector = Answers([], 0, 0.0), selectors.DefaultSelector()
    waiting, sent = 0, 0
    idle = [_connect(port) for _ in range(connections)]
    due: dict[socket.socket, float] = {}
    received: dict[socket.socket, bytes] = {}
    for one in idle:
        selector.register(one, selectors.EVENT_READ)
    begun = time.perf_counter()
    while len(answers.seconds) < len(requests):
        now = time.perf_counter()
        while idle and sent < len(requests):
            at = now if per_second is None else begun + sent / per_second
            if at > now:
                break
            one = idle.pop()
            due[one], received[one] = at, b""
            one.setblocking(True)
            one.sendall(requests[sent])
            one.setblocking(False)
            sent, waiting = sent + 1, waiting + 1
        for chosen, _ in selector.select(0.0005 if idle else 0.05):
            one = chosen.fileobj
            assert isinstance(one, socket.socket)
            received[one] += one.recv(1 << 20)
            if _is_whole(received[one]):
                answers.seconds.append(time.perf_counter() - due[one])
                answers.failed += received[one][9:10] != b"2"
                idle.append(one)
                waiting -= 1
    answers.spent = time.perf_counter() - begun
    for one in idle:
        one.close()
    return answers


def _connect(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _is_whole(answer: bytes) -> bool:
    head, parted, body = answer.partition(b"\r\n\r\n")
    if not parted:
        return False
    lower = head.lower()
    place = lower.find(b"content-length:")
    if place < 0:
        return body.endswith(b"0\r\n\r\n")
    return len(body) >= int(lower[place + 15 :].split(b"\r\n", 1)[0])
