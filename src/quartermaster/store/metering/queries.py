"""Reads of metering."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quartermaster.core import periods
from quartermaster.core.periods import Period
from quartermaster.core.usage import seats
from quartermaster.core.usage.state import NONE, Ints, State
from quartermaster.store import sql
from quartermaster.store.metering.models import (
    AgentPeak,
    Channel,
    EventBatch,
    EventImport,
    Rejection,
    Rollup,
    SeatPeak,
)

_SQL: Final = sql.Queries(__package__)
_SLOT_MICROS: Final = 15 * 60 * 1_000_000


def pending_workspaces() -> list[int]:
    """Workspaces with batches that wait for the meter, the longest waiting first."""
    return [workspace for (workspace,) in sql.rows(_SQL["pending_workspaces"])]


def pending_batches(workspace: int, limit: int) -> list[tuple[int, str, bytes]]:
    """(id, request id, body) of the oldest waiting batches: about `limit` events."""
    found = sql.rows(_SQL["pending_batches"], workspace=workspace, limit=limit)
    return [(batch, request, bytes(body)) for batch, request, body in found]


def lag(at: datetime) -> tuple[float, int]:
    """Seconds that the oldest waiting batch has waited by `at`, and how many events wait."""
    seconds, events = sql.rows(_SQL["lag"], at=at)[0]
    return max(0.0, seconds), events


def known_events(keys: Sequence[bytes]) -> dict[bytes, int]:
    """The content hashes of those of these events that are stored."""
    return dict(sql.rows(_SQL["known_events"], keys=sql.uuids(sql.keys(keys))))


def known_threads(keys: Sequence[bytes]) -> dict[bytes, tuple[int, str | None]]:
    """Key → (id, end user) of those of these threads that exist."""
    found = sql.rows(_SQL["known_threads"], keys=sql.uuids(sql.keys(keys)))
    return {key: (thread, user) for key, thread, user in found}


_STATE: Final = np.dtype(
    [
        ("place", ">i8"),
        *((name, ">i8") for name in ("start", "anchor", "last", "seen")),
        *((name, ">i4") for name in ("block", "voice_block", "messages")),
        *((name, "?") for name in ("transferred", "closed", "pending")),
    ]
)


def latest_states(threads: Ints) -> State:
    """The state of each thread's latest conversation; empty where it has none."""
    found = sql.packed(_SQL["latest_conversations"], _STATE, threads=sql.bigints(threads))
    state = State.empty(len(threads))
    place = found["place"] - 1
    for name in State.__dataclass_fields__:
        column = found[name]
        if name in ("start", "anchor", "last", "seen"):
            column = _since_1970(column)
        getattr(state, name)[place] = column
    return state


def _since_1970(column: Ints) -> Ints:
    return np.where(column == NONE, NONE, column + sql.POSTGRES_EPOCH)


_BEFORE: Final = np.dtype([("place", ">i8"), ("start", ">i8"), ("transferred", "?")])


def conversations_before(threads: Ints, times: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The start of the conversation that began last by each time (or long ago, where there is
    none), and whether it began in a human agent's hands."""
    found = sql.packed(
        _SQL["conversations_before"],
        _BEFORE,
        threads=sql.bigints(threads),
        times=sql.instants(times),
    )
    starts = np.full(len(threads), periods.to_micros(LONG_AGO))
    transferred = np.zeros(len(threads), np.bool_)
    starts[found["place"] - 1] = _since_1970(found["start"])
    transferred[found["place"] - 1] = found["transferred"]
    return starts, transferred


LONG_AGO: Final = datetime(1, 1, 2, tzinfo=periods.EPOCH.tzinfo)
EVER: Final = Period(LONG_AGO, datetime(9998, 1, 1, tzinfo=periods.EPOCH.tzinfo))

_EVENT: Final = np.dtype([("place", ">i8"), ("time", ">i8"), ("channel", ">i8"), ("kind", ">i2")])


def events_since(threads: Ints, since: Ints) -> NDArray[Any]:
    """Messages and controls from an instant per thread: place in `threads`, time, channel, kind."""
    found = sql.packed(
        _SQL["events_since"], _EVENT, threads=sql.bigints(threads), since=sql.instants(since)
    )
    found["place"] -= 1
    found["time"] = _since_1970(found["time"])
    return found


_STANDING: Final = np.dtype(
    [
        ("place", ">i8"),
        ("session", ">i8"),
        ("start", ">i8"),
        ("conversation", ">i8"),
        ("voice", "?"),
        ("channel", ">i8"),
    ]
)


def standing_sessions(threads: Ints, since: Ints) -> NDArray[Any]:
    """Sessions from an instant per thread that no correction has taken back."""
    found = sql.packed(
        _SQL["standing_sessions"],
        _STANDING,
        threads=sql.bigints(threads),
        since=sql.instants(since),
    )
    found["place"] -= 1
    found["start"] = _since_1970(found["start"])
    found["conversation"] = _since_1970(found["conversation"])
    return found


@dataclass(frozen=True, slots=True)
class AgentLogins:
    """Log-ins and log-outs with their bots, and the names that their agent codes stand for."""

    logins: seats.Logins
    bots: Ints
    agents: list[str]

    def of(self, bot: int) -> seats.Logins:
        """One bot's."""
        names = seats.Logins.__dataclass_fields__
        return seats.Logins(*(getattr(self.logins, name)[self.bots == bot] for name in names))


def agent_logins(
    bots: Sequence[int],
    product: str,
    period: Period,
    archived: Sequence[tuple[str, int, int, datetime, bool]] = (),
) -> AgentLogins:
    """Log-ins and log-outs of the bots' agents for a product, in the period; with those (agent,
    thread, bot, time, is log-in) that are archived. Threads stand for devices: the same one at
    another bot is another, and a log-out there says nothing of here."""
    found = sql.rows(
        _SQL["presence"],
        bots=sql.bigints(list(bots)),
        product=product,
        start=period.start,
        end=period.end,
    )
    agents: dict[str, int] = {}
    threads: dict[int, int] = {}
    columns = [
        (
            agents.setdefault(agent, len(agents)),
            threads.setdefault(thread, len(threads)),
            bot,
            periods.to_micros(at),
            is_login,
        )
        for agent, thread, bot, at, is_login in (*found, *archived)
    ]
    agent, device, bot, time, is_login = np.array(columns, np.int64).reshape(-1, 5).T
    logins = seats.Logins(agent, device, time, is_login.astype(np.bool_))
    return AgentLogins(logins, bot, list(agents))


_THREAD: Final = np.dtype(
    [("thread", ">i8"), ("bot", ">i8"), ("kind", ">i2"), ("inactivity", ">i4")]
)


def threads_after(thread: int, limit: int) -> NDArray[Any]:
    """Threads of messages by ascending id: thread, bot, kind, inactivity in seconds."""
    return sql.packed(_SQL["threads_after"], _THREAD, thread=thread, limit=limit)


def is_metered(unit: str) -> bool:
    """Whether any bot has had such a unit."""
    return Rollup.objects.filter(unit=unit).exists()


_STEERED: Final = np.dtype([("place", ">i8"), *_THREAD.descr])


def steered_by(threads: Sequence[int]) -> NDArray[Any]:
    """The other threads of the same bot and user as each of these: place in `threads`, thread,
    bot, kind, inactivity in seconds."""
    found = sql.packed(_SQL["steered_by"], _STEERED, threads=sql.bigints(list(threads)))
    found["place"] -= 1
    return found


def steered(threads: Ints) -> list[int]:
    """Those of these threads that get controls from a channelless one of their bot and user."""
    return [thread for (thread,) in sql.rows(_SQL["steered"], threads=sql.bigints(threads))]


def channel_number(name: str) -> int:
    """The number of a channel; -1 where nobody has used it."""
    found = Channel.objects.filter(name=name).values_list("id", flat=True)
    return found.first() or -1


def channel_names() -> dict[int, str]:
    """All channels by id."""
    return {number: name for name, number in sql.rows(_SQL["channels"])}


def request_figures(workspace: int, request_id: str) -> list[dict[str, Any]]:
    """The requests that were sent with this id, latest first."""
    found = EventBatch.objects.filter(workspace_id=workspace, request_id=request_id)
    return [
        {
            "request_id": batch.request_id,
            "received_at": batch.received_at,
            "accepted": batch.event_count,
            "rejected": batch.rejected_count,
            "stored": batch.stored_count if batch.done_at else None,
            "duplicates": batch.duplicate_count if batch.done_at else None,
            "conflicts": batch.conflict_count if batch.done_at else None,
            "is_metered": batch.done_at is not None,
        }
        for batch in found.defer("body").order_by("-id")[:100]
    ]


def rejections(workspace: int, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Rejections with an id below `before`, latest first."""
    found = Rejection.objects.filter(workspace_id=workspace).order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    names = ("pk", "request_id", "index", "event_id", "code", "reason", "field", "at")
    return list(found.values(*names)[:limit])


def rows_read(workspace: int, digest: bytes) -> int:
    """How many rows of the file of this SHA-256 have been read."""
    found = EventImport.objects.filter(workspace_id=workspace, digest=digest).first()
    return found.rows_read if found else 0


def agent_bots(workspace: int, product: str) -> list[int]:
    """The bots that have agents for a product."""
    return [bot for (bot,) in sql.rows(_SQL["agent_bots"], workspace=workspace, product=product)]


def agent_products() -> list[tuple[int, str, str]]:
    """Each (bot, its public id, product) that agents have worked in."""
    return [(bot, name, product) for bot, name, product in sql.rows(_SQL["agent_products"])]


def agent_workspaces() -> list[tuple[int, str, str]]:
    """Each (workspace, its public id, product) that agents have worked in."""
    return [(found, name, product) for found, name, product in sql.rows(_SQL["agent_workspaces"])]


def workspaces_without_peaks() -> list[tuple[int, str]]:
    """Each (workspace, its public id) of whose bots together peaks are missing."""
    return [(found, name) for found, name in sql.rows(_SQL["workspaces_without_peaks"])]


def seat_peaks(bot: int, product: str) -> dict[int, int]:
    """The stored peaks by start of the hour in microseconds."""
    found = SeatPeak.objects.filter(bot_id=bot, product=product)
    rows = found.values_list("hour_at", "agents")
    return {periods.to_micros(at): agents for at, agents in rows}


def agent_peaks(workspace: int, product: str) -> dict[int, int]:
    """Those of all the workspace's bots, by start of the quarter of an hour in microseconds."""
    found = AgentPeak.objects.filter(workspace_id=workspace, product=product)
    rows = found.values_list("slot_at", "agents")
    return {periods.to_micros(at): agents for at, agents in rows}


_CONVERSATION: Final = np.dtype(
    [("place", ">i8"), ("start", ">i8"), ("end", ">i8"), ("anchor", ">i8"), ("messages", ">i4")]
)


def stored_conversations(threads: Ints) -> NDArray[Any]:
    """All conversations of threads: place in `threads`, start, end, anchor (NONE), messages."""
    found = sql.packed(_SQL["stored_conversations"], _CONVERSATION, threads=sql.bigints(threads))
    found["place"] -= 1
    for name in ("start", "end", "anchor"):
        found[name] = _since_1970(found[name])
    return found


def last_counted(bot: int, at: datetime) -> datetime | None:
    """The latest start of a session or of a slot with other units that the bot has had at `at` or
    after it."""
    found: datetime | None = sql.rows(_SQL["last_counted"], bot=bot, at=at)[0][0]
    return found


def has_taken_credit(workspace: int, since: datetime) -> bool:
    """Whether credit paid for usage in any quarter of an hour from an instant on."""
    found = Rollup.objects.filter(bot__workspace_id=workspace, slot_at__gte=since)
    return found.exclude(paid_micro=0, free_micro=0).exists()


def usage_of(bot: int, edges: Sequence[int]) -> list[tuple[str, int, int]]:
    """All that a bot has used, as unit, start of the slot in microseconds, and quantity. Sessions
    whose slot contains an edge (microseconds) are by their own start."""
    slots = [edge - edge % _SLOT_MICROS for edge in edges]
    found = sql.rows(_SQL["usage_of"], bot=bot, edges=sql.instants(slots))
    return [(unit, periods.to_micros(at), quantity) for unit, at, quantity in found]
