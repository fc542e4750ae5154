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
    prefix = workspace.to_bytes(8, "big")
    return [blake2b(prefix + name.encode(), digest_size=16).digest() for name in ids]


def contents(events: Accepted) -> list[int]:
    """A 64-bit hash of everything but the id; equal content gives equal hashes.

    The fields are parted by NUL, which none of them can hold; one that is missing is empty, which
    none that is there can be.
    """
    rows = zip(
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
    hashes = [
        blake2b(
            f"{kind}\0{time}\0{bot}\0{user or ''}\0{conversation or ''}\0{channel or ''}\0"
            f"{agent or ''}\0{product or ''}\0{device or ''}".encode(),
            digest_size=8,
        ).digest()
        for kind, time, bot, user, conversation, channel, agent, product, device in rows
    ]
    found: list[int] = np.frombuffer(b"".join(hashes), ">i8").tolist()
    return found


def threads(events: Accepted) -> tuple[Ints, list[ThreadName]]:
    """The thread of each event as a code from 0, and the threads' names by code."""
    codes: dict[tuple[object, ...], int] = {}
    names: list[ThreadName] = []
    column = []
    for row in zip(
        events.kind,
        events.bot,
        events.user,
        events.conversation,
        events.channel,
        events.agent,
        events.product,
        events.device,
        strict=True,
    ):
        kind, bot, user, conversation, channel, *_ = row
        if kind > Kind.ENDED and kind < Kind.DEVELOPER_USER:
            words: tuple[object, ...] = (bot, *row[5:]) if kind in _LOGINS else (bot,)
        else:
            words = (bot, channel, user) if conversation is None else (bot, conversation)
        code = codes.setdefault(words, len(names))
        if code == len(names):
            names.append(_thread(*row))
        column.append(code)
    return np.array(column, np.int64), names


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
