"""What a session is made of: its conversation, its charge, and its messages without their text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from quartermaster.core import periods
from quartermaster.core.usage import events, state
from quartermaster.store import sql
from quartermaster.store.metering import lookups as metering
from quartermaster.store.metering import queries
from quartermaster.store.metering.lookups import Recut, SessionFacts
from quartermaster.store.people.queries import NotFound
from quartermaster.store.wallets import lookups as wallets
from quartermaster.store.wallets.lookups import PricedCharge
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.ports import EventArchive


@dataclass(frozen=True, slots=True)
class Message:
    """A message or control of the session's block; controls have no sender."""

    at: datetime
    type: str
    sender: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """`end_at` is where the block ends; that instant is part of it."""

    session: SessionFacts
    end_at: datetime
    charges: list[PricedCharge]
    messages: list[Message]
    recuts: list[Recut]


def explain_session(
    session: int, archive: EventArchive | None = None, workspace: str | None = None
) -> Explanation:
    """From the table or the archive alike; with the public id of a workspace, one of its sessions
    only. Refusals: NotFound, ArchiveDamaged."""
    with sql.snapshot():
        found = metering.find_session(session)
        if found is None or workspace not in (None, found.workspace):
            raise NotFound(f"no session {session}", field="session")
        end = periods.to_micros(found.start_at) + state.BLOCK_MICROS
        messages = list(_messages(found, end, History(archive)))
        charges = wallets.session_charges(session)
        recuts = metering.recuts(session)
        return Explanation(found, periods.from_micros(end), charges, messages, recuts)


def _messages(found: SessionFacts, end: int, history: History) -> Iterator[Message]:
    """Those of the block (its start belongs to it only if it is the first) and conversation."""
    since = found.conversation_start_at or found.start_at
    start = periods.to_micros(found.start_at)
    if found.conversation_end_at is not None:
        end = min(end, periods.to_micros(found.conversation_end_at))
    if found.anchor_at not in (None, found.start_at):
        start += 1
    rows = history.events_since(
        np.array([found.thread_id]), np.array([found.bot_id]), np.array([periods.to_micros(since)])
    )
    names = queries.channel_names()
    rows = rows[(rows["time"] >= start) & (rows["time"] <= end)]
    for time, kind, channel in sorted(rows[["time", "kind", "channel"]].tolist()):
        yield Message(periods.from_micros(time), *events.described(kind), names.get(channel))
