"""Writes of metering, set-wise, each in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from quartermaster.core.usage.events import Rejection
from quartermaster.core.usage.identity import ThreadName
from quartermaster.core.usage.state import NONE, Flags, Ints
from quartermaster.store import sql
from quartermaster.store.metering.models import EventImport

_SQL: Final = sql.Queries(__package__)


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A request's row in the event log; `body` is None when nothing was accepted."""

    workspace: int
    request_id: str
    received_at: datetime
    events: int
    rejected: int
    body: bytes | None


def append_batch(batch: NewBatch) -> None:
    """Appends to the event log."""
    sql.run(
        _SQL["append_batch"],
        workspace=batch.workspace,
        request_id=batch.request_id,
        received_at=batch.received_at,
        events=batch.events,
        rejected=batch.rejected,
        body=batch.body,
    )


def keep_rejections(
    workspace: int, request_id: str, rejections: Sequence[Rejection], at: datetime
) -> None:
    """Keeps what was wrong, for the people who can mend it."""
    if not rejections:
        return
    sql.run(
        _SQL["keep_rejections"],
        workspace=workspace,
        requests=[request_id] * len(rejections),
        indexes=[one.index for one in rejections],
        events=[one.id for one in rejections],
        codes=[one.code for one in rejections],
        reasons=[one.reason for one in rejections],
        fields=[one.field for one in rejections],
        at=at,
    )


def finish_batches(outcomes: Sequence[tuple[int, int, int, int]], at: datetime) -> None:
    """(batch, stored, duplicates, conflicts) of batches that the meter is done with."""
    batches, stored, duplicates, conflicts = zip(*outcomes, strict=True)
    sql.run(
        _SQL["finish_batches"],
        batches=sql.bigints(batches),
        stored=sql.integers(stored),
        duplicates=sql.integers(duplicates),
        conflicts=sql.integers(conflicts),
        at=at,
    )


@dataclass(frozen=True, slots=True)
class NewEvents:
    """New events in columns; `channel` 0 is none."""

    keys: list[bytes]
    contents: list[int]
    threads: Ints
    times: Ints
    channels: Ints
    kinds: Ints


def insert_events(events: NewEvents) -> int:
    """Stores the events whose keys are not there yet; how many."""
    return sql.run(
        _SQL["insert_events"],
        keys=sql.uuids(sql.keys(events.keys)),
        contents=sql.bigints(events.contents),
        threads=sql.bigints(events.threads),
        times=sql.instants(events.times),
        channels=sql.Column("bigint", events.channels, events.channels == 0),
        kinds=sql.smallints(events.kinds),
    )


def insert_threads(names: Sequence[ThreadName], users: Sequence[str | None]) -> list[int]:
    """Makes threads; `users` holds the end user of each, as far as it is known."""
    ids = sql.allocate("metering_thread_id_seq", len(names))
    sql.run(
        _SQL["insert_threads"],
        ids=sql.bigints(ids),
        keys=sql.uuids(sql.keys([name.key() for name in names])),
        bots=sql.bigints([name.bot for name in names]),
        kinds=sql.smallints([name.kind for name in names]),
        conversations=[name.conversation for name in names],
        users=list(users),
        products=[name.product for name in names],
        agents=[name.agent for name in names],
        devices=[name.device for name in names],
    )
    return ids


def steer(threads: Sequence[int]) -> None:
    """Marks channelless threads whose controls go to all of their bot's and user's threads."""
    if threads:
        sql.run(_SQL["steer"], threads=sql.bigints(threads))


def name_users(threads: Sequence[int], users: Sequence[str]) -> None:
    """Sets the end user of threads."""
    if threads:
        sql.run(_SQL["name_users"], threads=sql.bigints(threads), users=list(users))


def channel_ids(names: set[str]) -> dict[str, int]:
    """The ids of these channels; those not seen before are made."""
    known: dict[str, int] = dict(sql.rows(_SQL["channels"]))
    if names - known.keys():
        sql.run(_SQL["insert_channels"], names=sorted(names - known.keys()))
        known = dict(sql.rows(_SQL["channels"]))
    return known


@dataclass(frozen=True, slots=True)
class SavedConversations:
    """Conversation rows with the state of the latest in each thread."""

    thread: Ints
    start: Ints
    end: Ints
    anchor: Ints
    seen: Ints
    messages: Ints
    block: Ints
    voice_block: Ints
    transferred_at_start: Flags
    transferred: Flags
    closed: Flags
    pending: Flags


def save_conversations(found: SavedConversations) -> None:
    """Inserts new conversations and brings continued ones up to date."""
    if len(found.thread):
        sql.run(
            _SQL["save_conversations"],
            threads=sql.bigints(found.thread),
            starts=sql.instants(found.start),
            ends=sql.instants(found.end),
            anchors=sql.instants(found.anchor, NONE),
            seen=sql.instants(found.seen),
            messages=sql.integers(found.messages),
            blocks=sql.integers(found.block),
            voice_blocks=sql.integers(found.voice_block),
            transferred_at_start=sql.booleans(found.transferred_at_start),
            transferred=sql.booleans(found.transferred),
            closed=sql.booleans(found.closed),
            pending=sql.booleans(found.pending),
        )


def save_states(found: SavedConversations) -> None:
    """Brings the state of latest conversations up to date, and nothing else of them."""
    if len(found.thread):
        sql.run(
            _SQL["save_states"],
            threads=sql.bigints(found.thread),
            starts=sql.instants(found.start),
            seen=sql.instants(found.seen),
            transferred=sql.booleans(found.transferred),
            closed=sql.booleans(found.closed),
            pending=sql.booleans(found.pending),
        )


def drop_conversations(threads: Ints, since: Ints) -> None:
    """Takes out what a re-cut from `since` replaces."""
    sql.run(_SQL["drop_conversations"], threads=sql.bigints(threads), since=sql.instants(since))


@dataclass(frozen=True, slots=True)
class Corrections:
    """Threads that late events changed: sessions standing before and after."""

    threads: list[int]
    since: list[int]
    before: list[int]
    after: list[int]


def insert_corrections(made: Corrections, at: datetime) -> list[int]:
    """Writes corrections down; their ids."""
    ids = sql.allocate("metering_correction_id_seq", len(made.threads))
    sql.run(
        _SQL["insert_corrections"],
        ids=sql.bigints(ids),
        threads=sql.bigints(made.threads),
        since=sql.instants(made.since),
        before=sql.integers(made.before),
        after=sql.integers(made.after),
        at=at,
    )
    return ids


def withdraw_sessions(sessions: Any, corrections: Any) -> None:
    """Corrections take sessions back; the rows stay."""
    if len(sessions):
        sql.run(
            _SQL["withdraw_sessions"],
            sessions=sql.bigints(sessions),
            corrections=sql.bigints(corrections),
        )


def move_sessions(sessions: Any, conversation_starts: Any) -> None:
    """Sessions stand as they were, in conversations that begin at another instant now."""
    if len(sessions):
        sql.run(
            _SQL["move_sessions"],
            sessions=sql.bigints(sessions),
            starts=sql.instants(conversation_starts),
        )


@dataclass(frozen=True, slots=True)
class NewSessions:
    """New sessions in columns; `channel` and `correction` 0 are none."""

    bot: Ints
    thread: Ints
    conversation_start: Ints
    start: Ints
    is_voice: Flags
    channel: Ints
    correction: Ints

    def __len__(self) -> int:
        return len(self.start)

    def take(self, rows: Ints, correction: Ints) -> "NewSessions":
        """Some of them, as made by these corrections."""
        taken = {name: getattr(self, name)[rows] for name in NewSessions.__dataclass_fields__}
        return NewSessions(**taken | {"correction": correction})

    @classmethod
    def joined(cls, several: Sequence["NewSessions"]) -> "NewSessions":
        """One after the other."""
        return cls(
            *(
                np.concatenate([getattr(one, name) for one in several])
                for name in cls.__dataclass_fields__
            )
        )


def insert_sessions(new: NewSessions) -> list[int]:
    """Stores new sessions; their ids in the same order."""
    ids = sql.allocate("metering_session_id_seq", len(new))
    sql.run(
        _SQL["insert_sessions"],
        ids=sql.bigints(ids),
        bots=sql.bigints(new.bot),
        threads=sql.bigints(new.thread),
        conversations=sql.instants(new.conversation_start),
        voice=sql.booleans(new.is_voice),
        starts=sql.instants(new.start),
        channels=sql.bigints(new.channel),
        corrections=sql.bigints(new.correction),
    )
    return ids


RollupKey = tuple[int, int, str, int]
"""(bot, start of the quarter of an hour in microseconds, unit, channel)"""


def add_to_rollups(added: dict[RollupKey, list[int]]) -> None:
    """Adds [quantity, paid, free] to the figures of slots."""
    if not added:
        return
    bots, slots, units, channels = zip(*added, strict=True)
    quantities, paid, free = zip(*added.values(), strict=True)
    sql.run(
        _SQL["add_to_rollups"],
        bots=sql.bigints(bots),
        slots=sql.instants(slots),
        units=list(units),
        channels=sql.bigints(channels),
        quantities=sql.bigints(quantities),
        paid=sql.bigints(paid),
        free=sql.bigints(free),
    )


@dataclass(frozen=True, slots=True)
class SeatPeaks:
    """The peaks of a bot and product in [start, end); hours without agents are left out."""

    bot: int
    product: str
    start: datetime
    end: datetime
    hours: list[int]
    agents: list[int]


def save_seat_peaks(peaks: SeatPeaks) -> None:
    """Replaces the hourly peaks of the period."""
    where = {"bot": peaks.bot, "product": peaks.product}
    sql.run(_SQL["drop_seat_peaks"], start=peaks.start, end=peaks.end, **where)
    sql.run(
        _SQL["save_seat_peaks"],
        hours=sql.instants(peaks.hours),
        agents=sql.integers(peaks.agents),
        **where,
    )


def lock_import(workspace: int, digest: bytes) -> EventImport:
    """How far the file of this SHA-256 has been read, held to the end of the transaction."""
    EventImport.objects.get_or_create(workspace_id=workspace, digest=digest)
    return EventImport.objects.select_for_update().get(workspace_id=workspace, digest=digest)


def forget_import(workspace: int, digest: bytes) -> None:
    """The file of this SHA-256 will be read from its start again."""
    EventImport.objects.filter(workspace_id=workspace, digest=digest).delete()
