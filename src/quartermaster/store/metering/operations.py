"""Writes of metering, set-wise, each in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from quartermaster.core.periods import Period
from quartermaster.core.usage.events import Rejection
from quartermaster.core.usage.identity import ThreadName
from quartermaster.core.usage.state import NONE, Flags, Ints
from quartermaster.core.usage.units import UNITS, Unit
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

    keys: sql.Keys
    contents: Ints
    threads: Ints
    times: Ints
    channels: Ints
    kinds: Ints


def insert_events(events: NewEvents) -> None:
    """Stores events; `IntegrityError` if the key of one is there already."""
    sql.copy(
        _SQL["copy_events"],
        sql.uuids(events.keys),
        sql.bigints(events.contents),
        sql.bigints(events.threads),
        sql.instants(events.times),
        sql.Column("integer", events.channels, events.channels == 0),
        sql.smallints(events.kinds),
    )


def insert_threads(new: Sequence[tuple[bytes, ThreadName, str | None]]) -> Ints:
    """Makes threads of these keys and names, each with its end user as far as it is known."""
    ids = sql.allocate("metering_thread_id_seq", len(new))
    names = [name for _, name, _ in new]
    sql.run(
        _SQL["insert_threads"],
        ids=sql.bigints(ids),
        keys=sql.uuids(sql.keys([key for key, _, _ in new])),
        bots=sql.bigints([name.bot for name in names]),
        kinds=sql.smallints([name.kind for name in names]),
        conversations=sql.Texts([name.conversation for name in names]),
        users=sql.Texts([user for _, _, user in new]),
        products=sql.Texts([name.product for name in names]),
        agents=sql.Texts([name.agent for name in names]),
        devices=sql.Texts([name.device for name in names]),
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


def add_messages(threads: Ints, starts: Ints, counts: Ints) -> None:
    """Counts messages of conversations that change in nothing else."""
    sql.run(
        _SQL["add_messages"],
        threads=sql.bigints(threads),
        starts=sql.instants(starts),
        counts=sql.integers(counts),
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
    return [int(one) for one in ids]


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


def insert_sessions(new: NewSessions) -> Ints:
    """Stores new sessions; their ids in the same order."""
    ids = sql.allocate("metering_session_id_seq", len(new))
    labels = np.array([Unit.BILLING_SESSION, Unit.VOICE_SESSION], np.bytes_)
    sql.copy(
        _SQL["copy_sessions"],
        sql.bigints(ids),
        sql.bigints(new.bot),
        sql.bigints(new.thread),
        sql.instants(new.conversation_start),
        sql.instants(new.start),
        sql.Column("integer", new.channel, new.channel == 0),
        sql.Column("bigint", new.correction, new.correction == 0),
        sql.labels(labels[new.is_voice.astype(np.int64)]),
    )
    return ids


@dataclass(frozen=True, slots=True)
class Figures:
    """What is added to roll-ups, in columns: `slot` the start of a quarter of an hour in
    microseconds, `unit` a place in `core.usage.units.UNITS`, `channel` 0 is none."""

    bot: Ints
    slot: Ints
    unit: Ints
    channel: Ints
    quantity: Ints
    paid_micro: Ints
    free_micro: Ints


def add_to_rollups(added: Figures) -> None:
    """Adds to the figures of slots; rows of one slot are summed up first."""
    if not len(added.bot):
        return
    keys = np.stack([added.bot, added.slot, added.unit, added.channel], axis=1)
    found, place = np.unique(keys, axis=0, return_inverse=True)
    place = place.reshape(-1)
    bots, slots, units, channels = found.T

    def summed(column: Ints) -> sql.Column:
        total = np.zeros(len(found), np.int64)
        np.add.at(total, place, column)
        return sql.bigints(total)

    sql.run(
        _SQL["add_to_rollups"],
        bots=sql.bigints(bots),
        slots=sql.instants(slots),
        units=[UNITS[unit].value for unit in units.tolist()],
        channels=sql.bigints(channels),
        quantities=summed(added.quantity),
        paid=summed(added.paid_micro),
        free=summed(added.free_micro),
    )


def save_seat_peaks(bot: int, product: str, period: Period, peaks: Mapping[int, int]) -> None:
    """The peaks of a bot's hours in the period become these; those without agents are left out.
    What is the same already is left alone."""
    sql.run(_SQL["save_seat_peaks"], bot=bot, **_peaks(product, period, peaks))


def save_agent_peaks(
    workspace: int, product: str, period: Period, peaks: Mapping[int, int]
) -> None:
    """Those of a workspace's quarters of an hour, likewise."""
    sql.run(_SQL["save_agent_peaks"], workspace=workspace, **_peaks(product, period, peaks))


def _peaks(product: str, period: Period, peaks: Mapping[int, int]) -> dict[str, Any]:
    return {
        "product": product,
        "start": period.start,
        "end": period.end,
        "ats": sql.instants(list(peaks)),
        "agents": sql.integers(list(peaks.values())),
    }


def lock_import(workspace: int, digest: bytes, at: datetime) -> EventImport:
    """How far the file of this SHA-256 has been read, held to the end of the transaction."""
    begun = {"read_at": at}
    EventImport.objects.get_or_create(begun, workspace_id=workspace, digest=digest)
    return EventImport.objects.select_for_update().get(workspace_id=workspace, digest=digest)


def finish_import(workspace: int, digest: bytes, at: datetime) -> None:
    """All rows of the file of this SHA-256 are in the log, or were rejected."""
    found = EventImport.objects.filter(workspace_id=workspace, digest=digest, finished_at=None)
    found.update(finished_at=at)


def forget_import(workspace: int, digest: bytes) -> None:
    """The file of this SHA-256 will be read from its start again."""
    EventImport.objects.filter(workspace_id=workspace, digest=digest).delete()
