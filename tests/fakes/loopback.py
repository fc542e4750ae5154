"""A web server on loopback that stands for a provider, and can be as unwell as one."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request that came; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class No(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


Step = Callable[..., tuple[int, Any]]


@dataclass
class Loopback:
    """Answers by `steps`: for a method and a pattern of paths what is called with the request and
    the groups of the pattern. `is_out`: it answers 503. `loses_next`: the next
    request that fits this pattern, such as `POST /v1/.*`, is carried out, and the connection breaks
    before the answer. `next_answer`: a status and a body, for the next request instead of being
    carried out. `asked` is all that came."""

    steps: dict[tuple[str, str], Step] = field(default_factory=dict)
    address: str = ""
    is_out: bool = False
    loses_next: str = ""
    next_answer: tuple[int, bytes] | None = None
    asked: list[Asked] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock, repr=False)

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """The status and what is sent as JSON."""
        for (method, pattern), step in self.steps.items():
            if method == asked.method and (found := re.fullmatch(pattern, asked.path)):
                try:
                    return step(asked, *found.groups())
                except No as no:
                    return no.status, no.body
        return 404, {"error": {"type": "invalid_request_error", "message": "Unrecognized URL"}}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Listens."""
        stub = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): text for name, text in self.headers.items()}
                query = dict(parse_qsl(parts.query))
                asked = Asked(self.command, parts.path, query, headers, body)
                with stub.lock:
                    stub.asked.append(asked)
                    instead, stub.next_answer = stub.next_answer, None
                    status, told = 503, {}
                    if instead is None and not stub.is_out:
                        status, told = stub.answer(asked)
                    lost = stub.loses_next
                    is_lost = bool(lost and re.match(lost, f"{asked.method} {asked.path}"))
                    stub.loses_next = "" if is_lost else lost
                if is_lost:
                    self.close_connection = True
                    return
                sent = b"" if told is None else json.dumps(told).encode()
                status, sent = instead or (status, sent)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815

            def log_message(self, *words: object) -> None:
                """Nothing: the test looks at what was asked."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)
