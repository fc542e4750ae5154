"""Whatever workspaces do, none ever sees another's things; a key opens its own until revoked."""

import asyncio
import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from quartermaster.store.ledger.models import Transfer
from quartermaster.store.metering.models import Session
from quartermaster.store.people.models import Bot
from quartermaster.store.wallets.models import Charge
from quartermaster.usecases.people.create_bot import create_bot
from quartermaster.usecases.people.create_key import create_key
from quartermaster.usecases.people.revoke_key import revoke_key
from tests.books import NOW, Books, drain, open_books
from tests.fakes.server import Answer, Request
from tests.interfaces.api.front import Front

ROUNDS = int(os.environ.get("QUARTERMASTER_TORTURE_ROUNDS", "0"))
PROFILE = settings(
    max_examples=ROUNDS * 5 or 12,
    stateful_step_count=30,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
NAMES = st.sampled_from(("helpdesk", "bookings", "shop"))
PLACES = st.integers(0, 99)
REQUESTS = ("r1", "r2")
"""Clients of several workspaces use the same ids for requests, events and bots."""


@dataclass
class Tenant:
    """A workspace, and what was sent in its name: (accepted, rejected) by request, latest first."""

    books: Books
    sent: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)
    metered: set[str] = field(default_factory=set)

    def names(self) -> set[str]:
        """Every name by which its bots may be called."""
        known = self.books.bots.items()
        return {word for name, bot in known for word in (name, bot.public_id)}


@dataclass
class Key:
    """A key of a tenant."""

    secret: str
    public_id: str
    tenant: Tenant
    is_revoked: bool = False


class Tenants(RuleBasedStateMachine):
    """Any key asks for anything, and is told of its own workspace only."""

    def __init__(self, runner: asyncio.Runner, front: Front) -> None:
        super().__init__()
        self.runner, self.front = runner, front
        self.numbers = itertools.count(1)
        self.tenants: list[Tenant] = []
        self.keys: list[Key] = []
        for _ in range(2):
            self.open_workspace()
            self.open_key(len(self.keys))

    @precondition(lambda self: len(self.tenants) < 4)
    @rule()
    def open_workspace(self) -> None:
        self.tenants.append(Tenant(open_books("helpdesk")))

    @rule(place=PLACES, name=NAMES)
    def open_bot(self, place: int, name: str) -> None:
        books = self._tenant(place).books
        if name not in books.bots:
            books.bots[name] = create_bot(books.workspace, name, 900, NOW)

    @rule(place=PLACES)
    def open_key(self, place: int) -> None:
        tenant = self._tenant(place)
        made, secret = create_key(tenant.books.workspace, "api", NOW)
        self.keys.append(Key(secret, made.public_id, tenant))

    @rule(place=PLACES)
    def revoke_key(self, place: int) -> None:
        key = self._key(place)
        revoke_key(key.tenant.books.workspace, key.public_id, NOW)
        key.is_revoked = True
        self.front.seconds += 5.01  # the door may remember it so long

    @rule(place=PLACES, bot=PLACES, request=st.sampled_from(REQUESTS), many=st.integers(1, 3))
    def send(self, place: int, bot: int, request: str, many: int) -> None:
        key, name = self._key(place), self._any_name(bot)
        sent = {"type": "message", "sender": "user", "bot": name, "time": NOW.isoformat()}
        numbers = [next(self.numbers) for _ in range(many)]
        events = [sent | {"id": f"e{number}", "user": f"u{number}"} for number in numbers]
        body = json.dumps(events).encode()
        answer = self._ask(key, "/v1/events", "POST", body, request)
        if key.is_revoked:
            assert answer.status == 401
            return
        is_own = name in key.tenant.names()
        assert answer.status == (202 if is_own else 422)
        key.tenant.sent.setdefault(request, []).insert(0, (many, 0) if is_own else (0, many))
        if is_own:
            key.tenant.metered.discard(request)
        else:
            key.tenant.rejected[:0] = [event["id"] for event in reversed(events)]

    @rule()
    def meter(self) -> None:
        drain()
        for tenant in self.tenants:
            tenant.metered = set(tenant.sent)

    @rule(place=PLACES, bot=PLACES)
    def ask_gate(self, place: int, bot: int) -> None:
        key, name = self._key(place), self._any_name(bot)
        answer = self._ask(key, f"/v1/bots/{name}/gate", "GET")
        if key.is_revoked:
            assert answer.status == 401
        elif name in key.tenant.names():
            own = key.tenant.books.bots.values()
            assert answer.status == 200
            assert answer.json["bot"] in {one.public_id for one in own}
        else:
            assert answer.status == 404
            nobody = self._ask(key, "/v1/bots/nobody/gate", "GET")
            assert nobody.json["detail"] == answer.json["detail"].replace(name, "nobody")

    @rule(place=PLACES, request=st.sampled_from((*REQUESTS, "r3")))
    def ask_figures(self, place: int, request: str) -> None:
        key = self._key(place)
        found = self._look(key, f"/v1/events/requests/{request}")
        if found is not None:
            told = [(one["accepted"], one["rejected"]) for one in found]
            assert told == key.tenant.sent.get(request, [])
            if request in key.tenant.metered:
                assert all(one["stored"] == one["accepted"] for one in found)

    @rule(place=PLACES, size=st.integers(1, 4))
    def ask_rejected(self, place: int, size: int) -> None:
        key = self._key(place)
        told: list[str] = []
        query: dict[str, int] | None = {"limit": size}
        while query:
            page = self._look(key, "/v1/events/rejected", **query)
            if page is None:
                return
            told += [one["id"] for one in page["rejections"]]
            after = page["next_cursor"]
            query = {"limit": size, "cursor": after} if after is not None else None
        assert told == key.tenant.rejected

    @rule(place=PLACES, bot=PLACES)
    def ask_wallet(self, place: int, bot: int) -> None:
        key, name = self._key(place), self._any_name(bot)
        own = {one.public_id for one in key.tenant.books.bots.values()}
        found = self._look(key, f"/v1/bots/{name}/wallet", name in key.tenant.names())
        assert found is None or found["bot"] in own

    @rule(place=PLACES, thing=PLACES)
    def ask_what_is_explained(self, place: int, thing: int) -> None:
        key, things = self._key(place), self._things()
        path = list(things)[thing % len(things)]
        is_own = things[path] == key.tenant.books.workspace.id
        found = self._look(key, f"/v1/{path}", is_own)
        assert found is None or found["id"] == path.partition("/")[2]

    @rule(place=PLACES, size=st.integers(1, 4))
    def ask_lists(self, place: int, size: int) -> None:
        key, things = self._key(place), self._things()
        own = {path for path in things if things[path] == key.tenant.books.workspace.id}
        for noun, kind in (("sessions", "sessions/ses_"), ("transfers", "explain/trf_")):
            told: list[str] = []
            query: dict[str, Any] | None = {"limit": size}
            while query:
                page = self._look(key, f"/v1/{noun}", **query)
                if page is None:
                    return
                told += [one["id"] for one in page[noun]]
                after = page["next_cursor"]
                query = {"limit": size, "cursor": after} if after else None
            assert len(told) == len(set(told))
            prefix = kind.partition("/")[0]
            assert {f"{prefix}/{one}" for one in told} == {one for one in own if kind in one}

    @rule(place=PLACES)
    def ask_usage(self, place: int) -> None:
        key, things = self._key(place), self._things()
        own = [path for path in things if things[path] == key.tenant.books.workspace.id]
        found = self._look(key, "/v1/usage", by="bot")
        if found is not None:
            sessions = sum(path.startswith("sessions/") for path in own)
            assert found["totals"]["quantities"]["billing_sessions"] == sessions
            assert {row["group"] for row in found["rows"]} <= key.tenant.names()

    def _things(self) -> dict[str, int]:
        """The addresses of all that can be explained, and whose they are."""
        owners = dict(Bot.objects.values_list("id", "workspace_id"))
        found = {
            f"sessions/ses_{number}": owners[bot]
            for number, bot in Session.objects.values_list("id", "bot_id").order_by("id")
        }
        charges = Charge.objects.values_list("id", "bot_id").order_by("id")
        found |= {f"explain/chg_{number}": owners[bot] for number, bot in charges}
        moved = Transfer.objects.values_list("id", "debit__workspace_id").order_by("id")
        return found | {f"explain/trf_{number}": owner for number, owner in moved}

    def _tenant(self, place: int) -> Tenant:
        return self.tenants[place % len(self.tenants)]

    def _key(self, place: int) -> Key:
        return self.keys[place % len(self.keys)]

    def _any_name(self, place: int) -> str:
        names = {name: None for tenant in self.tenants for name in sorted(tenant.names())}
        return list(names)[place % len(names)]

    def _ask(self, key: Key, path: str, method: str, body: bytes = b"", name: str = "") -> Answer:
        headers = {"Authorization": f"Bearer {key.secret}", "Content-Type": "application/json"}
        request = Request((body,), headers | {"X-Request-Id": name}, method, path)
        return self.runner.run(request.put_to(self.front))

    def _look(self, key: Key, path: str, is_own: bool = True, **query: Any) -> Any:
        """The answer to a key that opens what is asked for; any other is told nothing."""
        headers = {"Authorization": f"Bearer {key.secret}"}
        response = Client().get(path, query, headers=headers)
        allowed = 200 if is_own else 404
        assert response.status_code == (401 if key.is_revoked else allowed)
        return response.json() if response.status_code == 200 else None


@pytest.fixture
def front(committed: None, settings: Any) -> Iterator[tuple[asyncio.Runner, Front]]:
    settings.ROOT_URLCONF = "tests.interfaces.api.urls"
    made = Front()
    with asyncio.Runner() as runner:
        yield runner, made
        runner.run(made.close())


@pytest.mark.timeout(3_600)
def test_no_key_ever_opens_another_workspace(front: tuple[asyncio.Runner, Front]) -> None:
    """`make torture` has it try thousands."""
    run_state_machine_as_test(lambda: Tenants(*front), settings=PROFILE)
