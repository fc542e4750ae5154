"""A web server that answers what it was told to, in that order."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Scripted:
    """An answer; `hangs_up` breaks the connection instead, after so many bytes of the body."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: int | None = None


@dataclass
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedWeb:
    """Where it listens, what it will answer, and what it was asked."""

    address: str
    script: list[Scripted]
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def scripted(*script: Scripted) -> Iterator[ScriptedWeb]:
    """Answers once with each; what is asked after that is a 500."""
    left = list(script)

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            web.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            answer = left.pop(0) if left else Scripted(500)
            if answer.hangs_up == 0:
                self.close_connection = True
                return
            self.send_response(answer.status)
            named = {"Content-Type": "application/json", **answer.headers}
            for name, text in named.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: answer.hangs_up])
            self.close_connection = self.close_connection or answer.hangs_up is not None

        do_POST = do_GET  # noqa: N815

        def log_message(self, *words: object) -> None:
            """Nothing: the test looks at what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    web = ScriptedWeb(f"http://127.0.0.1:{server.server_port}", left)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
