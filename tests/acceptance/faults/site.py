"""A small installation for faults: its own database, a workspace, and clients that count."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from tests.acceptance import messages
from tests.acceptance.installation import Installation, Reply, Up, environ, until
from tests.fakes import small_postgres
from tests.fakes.small_postgres import SmallPostgres


@dataclass(frozen=True)
class Site:
    """`ours` speaks to the database directly. `key` is one of the workspace `sent`, whose bot is
    `shop`."""

    postgres: SmallPostgres
    ours: Installation
    key: str

    def at(self, url: str) -> Installation:
        """The same, on another way to the database."""
        return Installation(self.ours.environ | {"DATABASE_URL": url})

    @contextmanager
    def connected(self) -> Iterator["psycopg.Connection[Any]"]:
        """A connection of somebody else, in a transaction that is taken back."""
        patience = "-c lock_timeout=0 -c statement_timeout=0"
        isolation = "-c default_transaction_isolation=read\\ committed"
        with psycopg.connect(self.postgres.url(), options=f"{patience} {isolation}") as other:
            try:
                yield other
            finally:
                other.rollback()

    def stored(self, workspace: str) -> int:
        """How many events of a workspace have been metered, but for those of files."""
        question = (
            "select coalesce(sum(stored_count), 0) from metering_eventbatch"
            " where request_id !~ ':' and workspace_id ="
            " (select id from people_workspace where name = %s)"
        )
        with self.connected() as other:
            [(found,)] = other.execute(question, [workspace])
        return int(found)

    def order(self, *statements: str) -> None:
        """Runs statements, each in a transaction of its own."""
        with self.connected() as other:
            other.rollback()
            other.autocommit = True
            for one in statements:
                other.execute(one)

    def hang_up(self) -> None:
        """Ends every connection, so that what is set for the database holds for all."""
        self.order(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where backend_type = 'client backend' and pid <> pg_backend_pid()"
        )

    def used(self, workspace: str = "sent") -> dict[str, dict[str, int]]:
        """How much of each unit the bots have used."""
        found: dict[str, dict[str, int]] = {}
        for one in self.ours.json("usage", "-w", workspace)["usage"]:
            found.setdefault(one["group"], {})[one["unit"]] = one["quantity"]
        return found


@contextmanager
def opened(home: Path) -> Iterator[Site]:
    """A site where nothing has been sent."""
    with small_postgres.running() as postgres:
        ours = Installation(environ(QUARTERMASTER_HOME=str(home), DATABASE_URL=postgres.url()))
        assert ours.run("migrate").returncode == 0
        ours.json("workspace", "create", "sent")
        ours.json("bot", "create", "shop")
        yield Site(postgres, ours, ours.json("key", "create")["secret"])


@dataclass
class Client:
    """Sends requests to `up` until each is answered 202, and knows what must come of them. `open`
    holds the bodies of those that are not answered yet, by request id."""

    site: Site
    workspace: str = "sent"
    key: str = ""
    open: dict[str, bytes] = field(default_factory=dict)
    taken: int = 0
    calls: int = 0
    up: Up = field(init=False)

    def of_another(self) -> "Client":
        """One of a new workspace `other`."""
        ours = self.site.ours
        for words in (("workspace", "create", "other"), ("bot", "create", "shop", "-w", "other")):
            ours.json(*words)
        other = Client(self.site, "other", ours.json("key", "create", "-w", "other")["secret"])
        other.up = self.up
        return other

    def try_once(self, calls: int = 2, bot: str = "shop") -> Reply:
        """One new request, sent once."""
        name = uuid.uuid4().hex
        self.open[name] = self._body(name, calls, bot)
        return self._send(name, calls)

    def try_again(self) -> None:
        """Sends what is open until all of it is taken."""
        for name in list(self.open):
            calls = len(json.loads(self.open[name])) - 2
            until(lambda name=name, calls=calls: self._send(name, calls).status == 202)

    def send(self) -> None:
        """One new request, until it is taken."""
        self.try_once()
        self.try_again()

    def settle(self, seconds: float = 40) -> None:
        """Everything that was taken has been stored, and stored once."""
        self.try_again()
        until(self.up.is_idle, seconds)
        assert self.site.stored(self.workspace) == self.due()

    def due(self) -> int:
        """How many events it has sent."""
        return self.taken + self.calls

    def prove(self) -> None:
        """The same by the books, and they hold."""
        due = {"billing_session": self.taken, "api_session": self.calls}
        assert self.site.used(self.workspace)["shop"] == due
        self.site.ours.prove()

    def _send(self, name: str, calls: int) -> Reply:
        headers = {
            "Authorization": f"Bearer {self.key or self.site.key}",
            "Content-Type": "application/json",
            "X-Request-Id": name,
        }
        reply = self.up.ask("/v1/events", self.open[name], headers)
        if reply.status == 202:
            assert (reply.json["accepted_count"], reply.json["rejected_count"]) == (1 + calls, 1)
            del self.open[name]
            self.taken += 1
            self.calls += calls
        else:
            refused(reply)
        return reply

    def _body(self, name: str, calls: int, bot: str) -> bytes:
        """A message of somebody new, calls, and an event that is refused."""
        plain = {"time": datetime.now(UTC).isoformat(), "bot": bot}
        found = [{"id": name, "type": "message", "user": name, "sender": "user"}]
        found += [{"id": f"{name}-{no}", "type": "api.requested"} for no in range(calls)]
        return json.dumps([one | plain for one in [*found, {"id": name, "type": "no"}]]).encode()


def refused(reply: Reply) -> None:
    """The client was told, in the form that does not change, to send it again."""
    assert reply.status == 503, reply
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["retry-after"] == "1"
    assert reply.json["code"] == "not_stored"


def past(path: Path, bot: str, count: int) -> Path:
    """A file of messages, each of somebody else."""
    now = datetime.now(UTC).isoformat()
    rows = [
        {"id": f"{bot}-{no}", "time": now, "bot": bot, "user": f"u{no}", "direction": "inbound"}
        for no in range(count)
    ]
    return messages.save(path, rows)
