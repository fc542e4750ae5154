"""Somebody who is sent notices: keeps them, and answers as it is told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """`answers` are the next statuses; then all is well."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where notices go."""
        return f"http://127.0.0.1:{self.port}/notices"

    def references(self) -> list[str]:
        """What was told about, in the order in which it came."""
        return [self.told(place)["data"]["reference"] for place in range(len(self.got))]

    def told(self, place: int) -> Any:
        """The body of one."""
        return json.loads(self.got[place][1])

    def wait(self, count: int, seconds: float = 10.0) -> None:
        """Until so many have come."""
        end = time.monotonic() + seconds
        while len(self.got) < count:
            assert time.monotonic() < end, f"{len(self.got)} of {count} came"
            time.sleep(0.02)


@contextmanager
def listening(port: int = 0) -> Iterator[Receiver]:
    """On a loopback port, until the end."""
    receiver = Receiver()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): text for name, text in self.headers.items()}
            receiver.got.append((headers, body))
            self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Door) as server:
        receiver.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield receiver
        server.shutdown()
