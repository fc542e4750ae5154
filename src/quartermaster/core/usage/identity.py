"""What makes two events the same event, and which events belong together."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from itertools import starmap
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quartermaster.core.usage.events import Accepted, Kind
from quartermaster.core.usage.state import Ints


class ThreadKind(IntEnum):
    """What a thread's key is made of."""

    CONVERSATION = 1
    USER = 2
    PRESENCE = 3
    COUNT = 4


class ThreadName(NamedTuple):
    """The words of a thread's key. `channel` and `user` are empty unless the key has them."""

    bot: int
    kind: ThreadKind
    conversation: str | None = None
    channel: str | None = None
    user: str | None = None
    product: str | None = None
    agent: str | None = None
    device: str | None = None

    def key(self) -> bytes:
        """Sixteen bytes that stand for the words."""
        return blake2b(repr(tuple(self)).encode(), digest_size=16).digest()


def event_keys(workspace: int, ids: list[str]) -> list[bytes]:
    """Sixteen bytes for each client-made id, apart for each workspace."""
    prefix = workspace.to_bytes(8, "big")
    return [blake2b(prefix + name.encode(), digest_size=16).digest() for name in ids]


class Words(NamedTuple):
    """What an event says beside id, kind and time."""

    bot: int
    user: str | None
    conversation: str | None
    channel: str | None
    agent: str | None
    product: str | None
    device: str | None


def words(events: Accepted) -> tuple[Ints, list[Words]]:
    """The words of the events: a code from 0 for each, and the words by code.
    Most events of a batch share their words with others, so what follows is done once for each."""
    codes: dict[tuple[Any, ...], int] = {}
    rows = zip(
        events.bot,
        events.user,
        events.conversation,
        events.channel,
        events.agent,
        events.product,
        events.device,
        strict=True,
    )
    column = [codes.setdefault(row, len(codes)) for row in rows]
    return np.array(column, np.int64), list(starmap(Words, codes))


def contents(kinds: Ints, times: Ints, code: Ints, said: list[Words]) -> Ints:
    """A 64-bit hash of everything but the id; equal content gives equal hashes.

    The words are parted by NUL, which none of them can hold; one that is missing is empty, which
    none that is there can be.
    """
    hashes = [
        blake2b(
            f"{bot}\0{user or ''}\0{conversation or ''}\0{channel or ''}\0"
            f"{agent or ''}\0{product or ''}\0{device or ''}".encode(),
            digest_size=8,
        ).digest()
        for bot, user, conversation, channel, agent, product, device in said
    ]
    mixed = np.frombuffer(b"".join(hashes), ">u8").astype(np.uint64)[code]
    for column in (times, kinds):
        mixed = _mixed(mixed ^ _mixed(column.astype(np.uint64)))
    return mixed.view(np.int64)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spreads every bit over all others and keeps what differs apart (MurmurHash3's finalizer)."""
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return values ^ (values >> np.uint64(33))


def threads(kinds: Ints, code: Ints, said: list[Words]) -> tuple[Ints, list[ThreadName]]:
    """The thread of each event as a code from 0, and the threads' names by code."""
    sort = np.where(np.isin(kinds, _COUNTED), 1, np.where(np.isin(kinds, _LOGINS), 2, 0))
    pairs, place = np.unique(code * 3 + sort, return_inverse=True)
    codes: dict[ThreadName, int] = {}
    thread_of = [
        codes.setdefault(_NAMES[pair % 3](said[pair // 3]), len(codes)) for pair in pairs.tolist()
    ]
    return np.array(thread_of, np.int64)[place], list(codes)


def _of_messages(said: Words) -> ThreadName:
    if said.conversation is not None:
        return ThreadName(said.bot, ThreadKind.CONVERSATION, said.conversation)
    return ThreadName(said.bot, ThreadKind.USER, None, said.channel, said.user)


def _of_counts(said: Words) -> ThreadName:
    return ThreadName(said.bot, ThreadKind.COUNT)


def _of_logins(said: Words) -> ThreadName:
    presence = {"product": said.product, "agent": said.agent, "device": said.device}
    return ThreadName(said.bot, ThreadKind.PRESENCE, **presence)


_NAMES = (_of_messages, _of_counts, _of_logins)
_COUNTED = [Kind.API_REQUESTED, Kind.ALERT_DELIVERED, Kind.NOTIFICATION_DELIVERED]
_LOGINS = [Kind.LOGGED_IN, Kind.LOGGED_OUT]


@dataclass(frozen=True, slots=True)
class Sifted:
    """Rows of a batch in its own order: new ones, repeats, and ids that stand for another event."""

    new: list[int]
    duplicates: list[int]
    conflicts: list[int]


def sift(keys: list[bytes], hashes: Ints, known: Mapping[bytes, int]) -> Sifted:
    """Tells new events from repeats, given the content hashes of the known ones among them."""
    if not known and len(set(keys)) == len(keys):
        return Sifted(list(range(len(keys))), [], [])
    sifted, seen = Sifted([], [], []), dict(known)
    for row, (key, content) in enumerate(zip(keys, hashes.tolist(), strict=True)):
        first = seen.setdefault(key, content)
        if first != content:
            sifted.conflicts.append(row)
        elif len(seen) == len(known) + len(sifted.new):
            sifted.duplicates.append(row)
        else:
            sifted.new.append(row)
    return sifted
