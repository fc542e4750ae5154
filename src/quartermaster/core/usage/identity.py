"""What makes two events the same event, and which events belong together."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

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
    salt = blake2b(b"%d|" % workspace, digest_size=16)
    keys = []
    for name in ids:
        digest = salt.copy()
        digest.update(name.encode())
        keys.append(digest.digest())
    return keys


def contents(events: Accepted) -> list[int]:
    """A 64-bit hash of everything but the id; equal content gives equal hashes."""
    return [
        int.from_bytes(blake2b(repr(row).encode(), digest_size=8).digest(), "big", signed=True)
        for row in zip(
            events.kind,
            events.time,
            events.bot,
            events.user,
            events.conversation,
            events.channel,
            events.agent,
            events.product,
            events.device,
            strict=True,
        )
    ]


def threads(events: Accepted) -> tuple[Ints, list[ThreadName]]:
    """The thread of each event as a code from 0, and the threads' names by code."""
    codes: dict[ThreadName, int] = {}
    column = [
        codes.setdefault(_thread(kind, *words), len(codes))
        for kind, *words in zip(
            events.kind,
            events.bot,
            events.user,
            events.conversation,
            events.channel,
            events.agent,
            events.product,
            events.device,
            strict=True,
        )
    ]
    return np.array(column, np.int64), list(codes)


def _thread(
    kind: int,
    bot: int,
    user: str | None,
    conversation: str | None,
    channel: str | None,
    *presence: str | None,
) -> ThreadName:
    if kind in _COUNTED:
        return ThreadName(bot, ThreadKind.COUNT)
    if kind in _LOGINS:
        agent, product, device = presence
        return ThreadName(bot, ThreadKind.PRESENCE, product=product, agent=agent, device=device)
    if conversation is not None:
        return ThreadName(bot, ThreadKind.CONVERSATION, conversation)
    return ThreadName(bot, ThreadKind.USER, None, channel, user)


_COUNTED = frozenset({Kind.API_REQUESTED, Kind.ALERT_DELIVERED, Kind.NOTIFICATION_DELIVERED})
_LOGINS = frozenset({Kind.LOGGED_IN, Kind.LOGGED_OUT})


@dataclass(frozen=True, slots=True)
class Sifted:
    """Rows of a batch in its own order: new ones, repeats, and ids that stand for another event."""

    new: list[int]
    duplicates: list[int]
    conflicts: list[int]


def sift(keys: list[bytes], hashes: list[int], known: Mapping[bytes, int]) -> Sifted:
    """Tells new events from repeats, given the content hashes of the known ones among them."""
    sifted, seen = Sifted([], [], []), dict(known)
    for row, (key, content) in enumerate(zip(keys, hashes, strict=True)):
        first = seen.setdefault(key, content)
        if first != content:
            sifted.conflicts.append(row)
        elif len(seen) == len(known) + len(sifted.new):
            sifted.duplicates.append(row)
        else:
            sifted.new.append(row)
    return sifted
