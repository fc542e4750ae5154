"""What a bot may use, and whether agents may log in, as platforms ask through the server."""

import json
import uuid
from datetime import UTC, datetime, timedelta

from django.db import connection

from bench import installation, load, workspace
from bench.figures import Figure, percentile
from quartermaster.adapters import catalog_file
from quartermaster.adapters.event_log.table import EventTable
from quartermaster.core.usage import events
from quartermaster.core.usage.events import Event, Submission, Window
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.tell_limit import Told, tell_limit
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from quartermaster.usecases.subscriptions._changing import Wish
from quartermaster.usecases.subscriptions.order_change import order_change
from quartermaster.usecases.usage.meter_events import Policy, meter_events

AGENTS, SEATS, ASSIGNED = 500, 600, 100
SECONDS, PER_SECOND, CHECKS_PER_SECOND = 20, 200, 10
FLOOR, DESK = "contact_center_ai", "agent_ai"


def run() -> list[Figure]:
    """A bot with three plans, 500 agents who are there and 100 who hold a seat."""
    workspace.migrate()
    where, bots, names, key = workspace.make(1)
    _fill(where, Bot.objects.get(id=bots[0]))
    path = f"/v1/bots/{names[0]}"
    checks = [
        json.dumps({"product": FLOOR, "agent": f"new-{number % 50}"}).encode()
        for number in range(SECONDS * CHECKS_PER_SECOND)
    ]
    asked = {
        "entitlements, all of a bot": load.request(f"{path}/entitlements", key),
        "one by its name": load.request(f"{path}/entitlements/queues?product={FLOOR}", key),
    }
    with installation.serving(meters=0) as port:
        return [
            *(
                figure
                for name, one in asked.items()
                for figure in _asked(port, name, [one] * SECONDS * PER_SECOND, PER_SECOND)
            ),
            *_asked(
                port,
                "seat check, 500 agents there",
                [load.request(f"{path}/seats/check", key, body) for body in checks],
                CHECKS_PER_SECOND,
                most_ms=50,
            ),
            *_asked(
                port,
                "for comparison: a wallet, by the web's way",
                [load.request(f"{path}/wallet", key)] * SECONDS * CHECKS_PER_SECOND,
                CHECKS_PER_SECOND,
                most_ms=None,
            ),
        ]


def _asked(
    port: int, name: str, requests: list[bytes], per_second: int, most_ms: float | None = 10
) -> list[Figure]:
    load.fire(port, requests[:20], 2)
    answers = load.fire(port, requests, 4, per_second)
    assert not answers.failed
    note = f"at {per_second} a second"
    return [
        Figure(f"{name}: p50", percentile(answers.seconds, 50) * 1000, "ms", note=note),
        Figure(
            f"{name}: p99",
            percentile(answers.seconds, 99) * 1000,
            "ms",
            most_ms,
            is_most=True,
            note=note,
        ),
    ]


def _fill(where: Workspace, bot: Bot) -> None:
    """By contract, so that nothing has to be paid."""
    now = datetime.now(UTC)
    publish_catalog(catalog_file.example(), now)
    Workspace.objects.filter(id=where.id).update(plan="enterprise")
    for product, seats in (("automation_ai", None), (FLOOR, SEATS), (DESK, SEATS)):
        wish = Wish(bot, f"plan/{product}/essential", "monthly", seats)
        order_change(wish, uuid.uuid4(), now)
    for number in range(ASSIGNED):
        assign_seat(bot, DESK, f"agent-{number}", now)
    tell_limit(bot, FLOOR, Told("queues", 7), now)
    batch = [
        Event(
            f"in-{number}-{hours}",
            "agent.logged_in",
            now - timedelta(hours=hours),
            bot.name,
            agent=f"agent-{number}",
            product=FLOOR,
        )
        for number in range(AGENTS)
        for hours in (1, 9)
    ]
    accepted, _ = events.accept(list(enumerate(batch)), Window.around(now), people.bot_names(where))
    log = EventTable()
    log.append(Submission(where.id, "bench", now, accepted, []))
    while meter_events(log, Policy(), now) is not None:
        pass
    with connection.cursor() as cursor:  # as autovacuum does within a minute
        cursor.execute("analyze metering_event; analyze metering_thread")
