"""Step one of the meter: new events told from repeats, put into their threads, and stored."""

from dataclasses import dataclass, replace

import numpy as np
from django.db import IntegrityError, transaction

from quartermaster.core.usage import identity
from quartermaster.core.usage.events import Accepted
from quartermaster.core.usage.identity import ThreadKind, ThreadName
from quartermaster.core.usage.state import Flags, Ints
from quartermaster.store import sql
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
    named = _named(workspace, events)
    sifted = identity.sift(named.keys, named.hashes, {})
    try:
        with transaction.atomic():
            stored = _store(named, sifted.new)
    except IntegrityError:
        sifted = identity.sift(named.keys, named.hashes, queries.known_events(named.keys))
        stored = _store(named, sifted.new)
    return replace(
        stored,
        outcomes=_outcomes(batches, batch_of, sifted),
        conflicts=_conflicts(batches, batch_of, events, sifted.conflicts),
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """Events with what tells them apart; `code` indexes `said`."""

    events: Accepted
    keys: list[bytes]
    hashes: Ints
    times: Ints
    kinds: Ints
    code: Ints
    said: list[identity.Words]


def _named(workspace: int, events: Accepted) -> _Named:
    times, kinds = np.array(events.time, np.int64), np.array(events.kind, np.int64)
    code, said = identity.words(events)
    hashes = identity.contents(kinds, times, code, said)
    keys = identity.event_keys(workspace, events.id)
    return _Named(events, keys, hashes, times, kinds, code, said)


def _store(named: _Named, rows: list[int]) -> Intake:
    times, kinds, said_code = named.times[rows], named.kinds[rows], named.code[rows]
    code, names = identity.threads(kinds, said_code, named.said)
    thread_ids, is_new, is_renamed = _threads(names, _users(names, code, said_code, named.said))
    channels = operations.channel_ids(
        {one.channel for one in named.said if one.channel is not None}
    )
    numbers = dict[str | None, int](channels) | {None: 0}
    channel = np.array([numbers[one.channel] for one in named.said], np.int64)[said_code]
    keys = sql.keys(named.keys)[rows]
    operations.insert_events(
        operations.NewEvents(keys, named.hashes[rows], thread_ids[code], times, channel, kinds)
    )
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


def _threads(names: list[ThreadName], users: list[str | None]) -> tuple[Ints, Flags, Flags]:
    """The ids of the threads, made where they are new, with their end users."""
    keys = [name.key() for name in names]
    known = queries.known_threads(keys)
    fresh = [place for place, key in enumerate(keys) if key not in known]
    made = operations.insert_threads([(keys[place], names[place], users[place]) for place in fresh])
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


def _users(
    names: list[ThreadName], code: Ints, said_code: Ints, said: list[identity.Words]
) -> list[str | None]:
    """The end user of each thread; where several wrote in one, the first in the alphabet."""
    users = [name.user for name in names]
    pairs = np.unique(code * len(said) + said_code)
    for place, words in zip(*np.divmod(pairs, max(1, len(said))), strict=True):
        user = said[words].user
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
