"""What people look at, in a workspace of a thousand bots and millions of sessions."""

import gc
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
from django.db import connection

from bench import console, workspace
from bench.figures import Figure, median_seconds
from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name
from quartermaster.core.usage import ranges
from quartermaster.store.ledger import queries as ledger
from quartermaster.store.ledger.queries import WhichTransfers
from quartermaster.store.metering import operations as metering
from quartermaster.store.people.models import Workspace
from quartermaster.store.wallets.sessions import Place
from quartermaster.usecases.credits.check_gates import check_gates
from quartermaster.usecases.proof.explain_amount import explain_amount
from quartermaster.usecases.reports._wanted import Wanted
from quartermaster.usecases.reports.export_sessions import export_sessions
from quartermaster.usecases.reports.list_sessions import list_sessions
from quartermaster.usecases.reports.trend_usage import Question, trend_usage
from quartermaster.usecases.usage.count_seats import count_seats

SESSIONS = int(os.environ.get("BENCH_PAGE_SESSIONS", "5000000"))
BOTS = 1_000
EXPORTED = 1_000_000
TARGET_MS = 100
MOST_MB = 50
FRESH = "just written, not summarised"
_FILE = Path(__file__).with_name("sql") / "pages.sql"
_TIMES = 9
UTC_ZONE, ELSEWHERE = ZoneInfo("UTC"), ZoneInfo("Asia/Kolkata")


@dataclass(frozen=True, slots=True)
class Scene:
    """The busy workspace with its bots, a quiet one beside it, and the instant of the last
    session."""

    busy: Workspace
    bots: list[int]
    quiet: Workspace
    at: datetime


def run() -> list[Figure]:
    """Pages, then an export."""
    workspace.migrate()
    scene = _scene()
    fresh = _transfer_pages(scene, FRESH)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    note = f"{SESSIONS / 1e6:g} M sessions of {BOTS:,} bots"
    return [
        *fresh,
        *_figures(_acts(scene)),
        *_transfer_pages(scene, "summarised"),
        *console.figures(scene.busy, SESSIONS - 5_000, note),
        *_export(scene),
    ]


def _scene() -> Scene:
    """The quiet workspace has its accounts among those of the busy one, and all it ever did lies
    before everything else."""
    busy, bots, _, _ = workspace.make(BOTS // 2)
    quiet, _, _, _ = workspace.make(3)
    bots += workspace.more_bots(busy, BOTS // 2, BOTS)
    at = datetime.now(UTC).replace(minute=45, second=0, microsecond=0)
    names = ("web", "sms", "app")
    channels = metering.channel_ids(set(names))
    sizes = {
        "sessions": SESSIONS,
        "threads": SESSIONS // 20,
        "bots": bots,
        "channels": [channels[name] for name in names],
        "end": at,
    }
    parts = re.split(r"^-- name: (\w+)\n", _FILE.read_text(), flags=re.M)[1:]
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            cursor.execute(text, sizes if "%(" in text else {})
            if name in ("sessions", "charges", "slots"):
                cursor.execute("analyze")
        cursor.execute("set session_replication_role = origin")
    return Scene(busy, bots, quiet, at)


def _acts(scene: Scene) -> dict[str, Callable[[], object]]:
    here, bots, at = scene.busy, scene.bots, scene.at

    def trend(name: str, by: str, zone: ZoneInfo = UTC_ZONE, bot: int | None = None) -> object:
        span = ranges.named(name, at, zone)
        return trend_usage(Question(here, span, by, bot))

    first, last = (at - timedelta(days=364)).date(), at.date()
    year = Question(here, ranges.between(first, last, at, UTC_ZONE), "month")
    abroad = replace(year, span=ranges.between(first, last, at, ELSEWHERE))
    recent = Wanted(scene.busy, ranges.named("30d", at, UTC_ZONE).period)
    whole = Wanted(scene.busy, year.span.period)
    deep = Place(at - timedelta(days=200), 2**62)
    charge = public_ids.of(Name.CHARGE, SESSIONS - 5_000)
    return {
        "trend, 30 days by day, and before": partial(trend, "30d", "day"),
        "30 days by day, in another time zone": partial(trend, "30d", "day", ELSEWHERE),
        "trend, a year by month, and before": partial(trend_usage, year),
        "a year by month, in another time zone": partial(trend_usage, abroad),
        "trend, 30 days by bot, and before": partial(trend, "30d", "bot"),
        "trend, 24 hours by hour, and before": partial(trend, "24h", "hour"),
        "trend of one bot, 30 days by day": partial(trend, "30d", "day", UTC_ZONE, bots[7]),
        "sessions, first page": partial(list_sessions, recent, None, 50),
        "sessions, first page of a year": partial(list_sessions, whole, None, 50),
        "sessions, a page deep inside a year": partial(list_sessions, whole, deep, 50),
        "sessions, by channel": partial(list_sessions, replace(whole, channel="sms"), None, 50),
        "sessions, of a user": partial(list_sessions, replace(whole, user="user-4711"), None, 50),
        "sessions, of a bot": partial(list_sessions, replace(whole, bot="bot-7"), None, 50),
        "explain a charge": partial(explain_amount, here.id, charge),
        "gates of all bots": partial(check_gates, bots, at),
        "seats of 200 agents": partial(
            count_seats, here.id, "contact_center_ai", ranges.named("30d", at, UTC_ZONE).period
        ),
    }


def _figures(
    acts: dict[str, Callable[[], object]], note: str = "", target: int | None = TARGET_MS
) -> list[Figure]:
    note = note or f"{SESSIONS / 1e6:g} M sessions of {BOTS:,} bots"
    found = []
    for name, act in acts.items():
        act()
        milliseconds = median_seconds(act, _TIMES) * 1000
        found.append(Figure(name, milliseconds, "ms", target, is_most=True, note=note))
    return found


def _transfer_pages(scene: Scene, note: str) -> list[Figure]:
    """Also where there are fewer than a page, so that all of the table has to be told from it."""
    at = scene.at + timedelta(hours=1)
    busy, quiet = WhichTransfers(scene.busy.id), WhichTransfers(scene.quiet.id)
    bot = WhichTransfers(scene.busy.id, scene.bots[7])
    granted = replace(busy, fact="free_credits_granted")
    return _figures(
        {
            "transfers, first page": partial(ledger.transfers, busy, at, None, 50),
            "transfers of a bot": partial(ledger.transfers, bot, at, None, 50),
            "transfers of a quiet workspace": partial(ledger.transfers, quiet, at, None, 50),
            "transfers, of a rare fact": partial(ledger.transfers, granted, at, None, 50),
        },
        note,
        None if note == FRESH else TARGET_MS,
    )


def _export(scene: Scene) -> list[Figure]:
    """A million sessions, dropped as they come."""
    wanted = Wanted(
        scene.busy,
        ranges.between(
            (scene.at - timedelta(days=364)).date(), scene.at.date(), scene.at, UTC_ZONE
        ).period,
    )
    gc.collect()
    me = psutil.Process()
    parts = export_sessions(wanted)
    rows = len(next(parts))
    before = most = me.memory_info().rss
    begun = time.perf_counter()
    for part in parts:
        rows += len(part)
        most = max(most, me.memory_info().rss)
        if rows >= EXPORTED:
            break
    seconds = time.perf_counter() - begun
    grown = (most - before) / 1e6
    return [
        Figure("export of sessions", rows / seconds, "rows/s", note=f"{rows / 1e6:.3g} M rows"),
        Figure("export: growth of resident memory", grown, "MB", MOST_MB, is_most=True),
    ]
