"""Step one of the meter: new events told from repeats, put into their threads, and stored."""

from dataclasses import dataclass, replace

import numpy as np
from django.db import transaction

from quartermaster.core.usage import identity
from quartermaster.core.usage.events import Accepted
from quartermaster.core.usage.identity import ThreadKind, ThreadName
from quartermaster.core.usage.state import Flags, Ints
from quartermaster.store.metering import operations, queries
from quartermaster.usecases.ports import Batch, Outcome


@dataclass(frozen=True, slots=True)
class Intake:
    """The new events of a transaction in columns: `code` indexes the threads, `channel` 0 is none.

    `thread_ids`, `names`, `is_new` and `is_renamed` (another end user) tell the threads by code.
    """

    code: Ints
    time: Ints
    kind: Ints
    channel: Ints
    thread_ids: Ints
    names: list[ThreadName]
    is_new: Flags
    is_renamed: Flags
    channel_names: dict[int, str]
    outcomes: list[Outcome]
    conflicts: dict[int, list[tuple[int, str]]]


def take_in(workspace: int, batches: list[Batch]) -> Intake:
    """Stores what is new in the batches and says what became of the rest.

    Nearly always everything is new, so that is tried first; only if PostgreSQL knows some of the
    events already are they asked for one by one.
    """
    events, batch_of = _joined(batches)
    named = _Named(events, identity.event_keys(workspace, events.id), identity.contents(events))
    sifted = identity.sift(named.keys, named.hashes, {})
    try:
        with transaction.atomic():
            stored = _store(named, sifted.new)
    except _SomeAreKnown:
        sifted = identity.sift(named.keys, named.hashes, queries.known_events(named.keys))
        stored = _store(named, sifted.new)
    return replace(
        stored,
        outcomes=_outcomes(batches, batch_of, sifted),
        conflicts=_conflicts(batches, batch_of, events, sifted.conflicts),
    )


class _SomeAreKnown(Exception):
    """Fewer events went in than were sent."""


@dataclass(frozen=True, slots=True)
class _Named:
    events: Accepted
    keys: list[bytes]
    hashes: list[int]


def _store(named: _Named, rows: list[int]) -> Intake:
    new = _rows(named.events, rows)
    code, names = identity.threads(new)
    thread_ids, is_new, is_renamed = _threads(names, code, new)
    channels = operations.channel_ids({name for name in new.channel if name is not None})
    numbers = dict[str | None, int](channels) | {None: 0}
    channel = np.array([numbers[name] for name in new.channel], np.int64)
    times, kinds = np.array(new.time, np.int64), np.array(new.kind, np.int64)
    keys, hashes = named.keys, named.hashes
    if len(rows) < len(keys):
        keys, hashes = [keys[row] for row in rows], [hashes[row] for row in rows]
    made = operations.NewEvents(keys, hashes, thread_ids[code], times, channel, kinds)
    if operations.insert_events(made) < len(rows):
        raise _SomeAreKnown
    by_number = {number: name for name, number in channels.items()}
    return Intake(
        code, times, kinds, channel, thread_ids, names, is_new, is_renamed, by_number, [], {}
    )


def _joined(batches: list[Batch]) -> tuple[Accepted, Ints]:
    events = Accepted()
    for batch in batches:
        for name in Accepted.__dataclass_fields__:
            getattr(events, name).extend(getattr(batch.events, name))
    batch_of = np.repeat(np.arange(len(batches)), [len(batch.events) for batch in batches])
    return events, batch_of


def _rows(events: Accepted, rows: list[int]) -> Accepted:
    if len(rows) == len(events):
        return events
    return Accepted(
        *(
            [column[row] for row in rows]
            for column in (getattr(events, name) for name in Accepted.__dataclass_fields__)
        )
    )


def _threads(names: list[ThreadName], code: Ints, events: Accepted) -> tuple[Ints, Flags, Flags]:
    """The ids of the threads, made where they are new, with their end users."""
    keys = [name.key() for name in names]
    known = queries.known_threads(keys)
    users = _users(names, code, events)
    fresh = [place for place, key in enumerate(keys) if key not in known]
    made = operations.insert_threads(
        [names[place] for place in fresh], [users[place] for place in fresh]
    )
    ids = np.array([known[key][0] if key in known else 0 for key in keys], np.int64)
    ids[fresh] = made
    is_new = np.zeros(len(names), np.bool_)
    is_new[fresh] = True
    renamed = {
        known[key][0]: user
        for key, user in zip(keys, users, strict=True)
        if key in known and user is not None and _first(known[key][1], user) != known[key][1]
    }
    operations.name_users(list(renamed), list(renamed.values()))
    return ids, is_new, np.isin(ids, list(renamed))


def _users(names: list[ThreadName], code: Ints, events: Accepted) -> list[str | None]:
    """The end user of each thread; where several wrote in one, the first in the alphabet."""
    users = [name.user for name in names]
    for place, user in zip(code.tolist(), events.user, strict=True):
        if user is not None and names[place].kind == ThreadKind.CONVERSATION:
            users[place] = _first(users[place], user)
    return users


def _first(one: str | None, other: str) -> str:
    return other if one is None else min(one, other)


def _outcomes(batches: list[Batch], batch_of: Ints, sifted: identity.Sifted) -> list[Outcome]:
    stored, duplicates, conflicts = (
        np.bincount(batch_of[rows], minlength=len(batches)).tolist()
        for rows in (sifted.new, sifted.duplicates, sifted.conflicts)
    )
    return [
        Outcome(batch.id, stored[place], duplicates[place], conflicts[place])
        for place, batch in enumerate(batches)
    ]


def _conflicts(
    batches: list[Batch], batch_of: Ints, events: Accepted, rows: list[int]
) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    for row in rows:
        batch = batches[batch_of[row]].id
        found.setdefault(batch, []).append((events.index[row], events.id[row]))
    return found
