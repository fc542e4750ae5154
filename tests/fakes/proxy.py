"""Stands between clients and PostgreSQL, and hangs up at a commit when it is told to."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress

from psycopg import conninfo

BEGIN, COMMIT, ROLLBACK = ((b"Q", word + b"\0") for word in (b"BEGIN", b"COMMIT", b"ROLLBACK"))
SYNC = (b"S", b"")
APPEND = b"insert into metering_eventbatch"
"""Without a BEGIN this commits by itself, with the next SYNC."""


class Proxy:
    """Passes on what clients and server say. Each word of `plan` is the fate of a commit, in turn:
    with "pass" nothing happens, with "lost" it does not arrive, with "unanswered" it is done but
    the answer does not come back, and with "hung" it lies about and the line stays open. Behind the
    last word all pass. What holds the words `hung_at` lies about, too."""

    def __init__(self, upstream: str) -> None:
        self.plan: list[str] = []
        self.hung_at: bytes | None = None
        self._upstream = conninfo.conninfo_to_dict(upstream)
        self._lock = threading.Lock()
        self._is_closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """What clients connect to; what they say must not be encrypted."""
        parts = {name: self._upstream.get(name) for name in ("user", "password", "dbname")}
        _, port = self._listener.getsockname()
        where = {"host": "127.0.0.1", "port": port, "sslmode": "disable", "gssencmode": "disable"}
        return conninfo.make_conninfo("", **parts, **where)

    def close(self) -> None:
        """Takes nobody more, and hangs up where a COMMIT lies about."""
        self._listener.close()
        self._is_closed.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        is_mute = threading.Event()
        with suppress(OSError), client, self._connected() as server:
            back = threading.Thread(target=_answer, args=(server, client, is_mute), daemon=True)
            back.start()
            with suppress(OSError):
                for kind, body, is_commit in _judged(_messages(client)):
                    fate = self._fate() if is_commit else "pass"
                    if fate == "hung" or (self.hung_at and self.hung_at in body):
                        self._is_closed.wait()
                    if fate == "unanswered":
                        is_mute.set()
                    if fate != "lost":
                        server.sendall(kind + struct.pack("!i", len(body) + 4) + body)
                    if fate != "pass":
                        break
            if not is_mute.is_set():
                _hang_up(server)
            back.join()

    def _fate(self) -> str:
        with self._lock:
            return self.plan.pop(0) if self.plan else "pass"

    def _connected(self) -> socket.socket:
        host, port = str(self._upstream["host"]), int(self._upstream.get("port") or 5432)
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        found = socket.socket(socket.AF_UNIX)
        found.connect(f"{host}/.s.PGSQL.{port}")
        return found


def _messages(client: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """What a client says: first a message without a kind, then one byte says of what kind it is."""
    with client.makefile("rb") as said:
        size = 0
        while True:
            kind = said.read(1) if size else b""
            head = said.read(4)
            if len(head) < 4:
                return
            (size,) = struct.unpack("!i", head)
            yield kind, said.read(size - 4)


def _judged(messages: Iterator[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes, bool]]:
    """With each message whether it commits."""
    appends = is_begun = False
    for one in messages:
        kind, body = one
        appends |= kind == b"P" and APPEND in body
        is_begun = one == BEGIN or (is_begun and one not in (COMMIT, ROLLBACK))
        yield kind, body, one == COMMIT or (one == SYNC and appends and not is_begun)


def _answer(server: socket.socket, client: socket.socket, is_mute: threading.Event) -> None:
    """Until the server hangs up, or has said something that shall not be heard."""
    with suppress(OSError):
        while (said := server.recv(65_536)) and not is_mute.is_set():
            client.sendall(said)
    for side in (client, server):
        _hang_up(side)


def _hang_up(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
