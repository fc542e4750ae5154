"""Workspaces and events to measure with. Imported after the database is known."""

import quartermaster.conf.ready  # noqa: F401  # isort: skip

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
from django.core.management import call_command

from quartermaster.adapters import catalog_file
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.usage.events import Accepted
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.people.create_bot import create_bot
from quartermaster.usecases.people.create_key import create_key
from quartermaster.usecases.people.create_workspace import FreeCredit, create_workspace
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from quartermaster.usecases.plans.publish_prices import publish_prices
from quartermaster.usecases.ports.gateways import PaymentAnswer
from quartermaster.usecases.subscriptions._changing import Wish
from quartermaster.usecases.subscriptions.order_change import order_change

MINUTE = 60_000_000


def migrate() -> None:
    """Brings the database up to date."""
    call_command("migrate", verbosity=0, interactive=False)


def make(bots: int) -> tuple[Workspace, list[int], list[str], str]:
    """A workspace with free credit beyond any bench: itself, bots' ids and names, and a key."""
    now = datetime.now(UTC)
    publish_prices({"billing_session": Decimal("0.20")}, now)
    workspace = create_workspace(f"bench-{uuid.uuid4().hex[:8]}", "UTC", FreeCredit(10**15), now)
    names = [f"bot-{number}" for number in range(bots)]
    ids = [create_bot(workspace, name, 900, now).id for name in names]
    return workspace, ids, names, create_key(workspace, "bench", now)[1]


def subscribe(workspace: Workspace, at: datetime) -> None:
    """Each bot buys the example's first plan of Automation AI, and pays."""
    publish_catalog(catalog_file.example(), at)
    for bot in Bot.objects.filter(workspace=workspace):
        wish = Wish(bot, "plan/automation_ai/essential", "monthly")
        order = order_change(wish, uuid.uuid4(), at)
        payment = begin_payment(order.id, BY_HAND, at)
        settle_payment(payment.id, PaymentAnswer(Outcome.SUCCEEDED), at)


def more_bots(workspace: Workspace, first: int, end: int) -> list[int]:
    """The ids of further bots of a workspace, named by these numbers."""
    now = datetime.now(UTC)
    numbers = range(first, end)
    return [create_bot(workspace, f"bot-{number}", 900, now).id for number in numbers]


def messages(count: int, bots: list[int], batch: int = 1_000, seed: int = 3) -> Iterator[Accepted]:
    """Batches of messages in order of time: bursts of about eight messages over twenty minutes, by
    one user each, over the last five days. Another seed gives other users and ids."""
    chance = np.random.default_rng(seed)
    bursts = count // 8 + 1
    end = int(datetime.now(UTC).timestamp()) * 1_000_000
    begin = np.sort(chance.integers(end - 5 * 1440 * MINUTE, end - 30 * MINUTE, bursts))
    burst = chance.integers(0, bursts, count)
    time = begin[burst] + chance.integers(0, 20 * MINUTE, count)
    order = np.argsort(time, kind="stable")
    time, user = time[order], (burst[order] * 7919) % max(1, count // 20)
    kind = chance.integers(2, 4, count)
    for start in range(0, count, batch):
        part = slice(start, min(start + batch, count))
        size = part.stop - part.start
        users = user[part].tolist()
        none: list[str | None] = [None] * size
        yield Accepted(
            list(range(size)),
            [str(uuid.UUID(int=(seed << 100) + start + place)) for place in range(size)],
            kind[part].tolist(),
            time[part].tolist(),
            [bots[one % len(bots)] for one in users],
            [f"user-{seed}-{one}" for one in users],
            none,
            ["web"] * size,
            none,
            none,
            none,
        )


def sessions(count: int, bots: list[int], users: int = 5_000) -> Iterator[Accepted]:
    """Batches of messages that each begin a session: users who write every twenty minutes."""
    end = int(datetime.now(UTC).timestamp()) * 1_000_000
    for start in range(0, count, 1_000):
        places = np.arange(start, min(start + 1_000, count))
        time = end - (count // users + 1 - places // users) * 20 * MINUTE + places % users
        size = len(places)
        none: list[str | None] = [None] * size
        yield Accepted(
            list(range(size)),
            [f"session-{place}" for place in places.tolist()],
            [2] * size,
            time.tolist(),
            [bots[place % len(bots)] for place in places.tolist()],
            [f"regular-{place % users}" for place in places.tolist()],
            none,
            ["web"] * size,
            none,
            none,
            none,
        )


def bodies(count: int, batch: int, names: list[str], seed: int = 5) -> list[bytes]:
    """JSON bodies of so many messages each: a list, or a bare event for one."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    made = []
    for start in range(0, count, batch):
        events = [
            {
                "id": str(uuid.uuid4()),
                "type": "message",
                "time": (now + timedelta(milliseconds=(start + place) % 50_000)).isoformat(),
                "bot": names[(start + place) % len(names)],
                "user": f"user-{seed}-{(start + place) % 5_000}",
                "sender": "bot" if place % 2 else "user",
                "channel": "web",
            }
            for place in range(min(batch, count - start))
        ]
        made.append(json.dumps(events if batch > 1 else events[0]).encode())
    return made
