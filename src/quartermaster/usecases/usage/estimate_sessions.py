"""What a log of past events would have come to: sessions and cost, with nothing written down."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quartermaster.core.pricing import per_unit
from quartermaster.core.usage import sessions
from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import NEVER, NONE, Events, Flags, Ints, State

Codes = NDArray[np.int32]

_GROUP_ROWS: Final = 300_000
"""About so many events are cut at once; threads do not touch each other."""


@dataclass(frozen=True, slots=True)
class EventColumns:
    """A log's well-formed events in the order in which they stand in it: n rows each.

    `id` is a 64-bit hash (10 million ids collide once in 370,000 logs), `time` in microseconds,
    `kind` a `Kind` or one plus `DEVELOPER`. The other columns are codes from 0, -1 where there is
    no such field; `bots` and `channels` are the names behind two of them. `rejected` counts the
    rows that are no events.
    """

    id: NDArray[np.uint64]
    time: Ints
    kind: NDArray[np.uint8]
    bot: Codes
    user: Codes
    conversation: Codes
    channel: Codes
    bots: list[str]
    channels: list[str]
    rejected: int

    def only(self, rows: Flags) -> "EventColumns":
        """The chosen rows, with the same codes."""
        return self if rows.all() else self.take(np.flatnonzero(rows))

    def take(self, rows: Ints) -> "EventColumns":
        """These rows, with the same codes."""
        return EventColumns(
            *(self.id[rows], self.time[rows], self.kind[rows], self.bot[rows]),
            *(self.user[rows], self.conversation[rows], self.channel[rows]),
            *(self.bots, self.channels, self.rejected),
        )


@dataclass(frozen=True, slots=True)
class BotEstimate:
    """One bot's part of an estimate."""

    bot: str
    messages: int
    conversations: int
    interactive_conversations: int
    sessions: int
    voice_sessions: int
    cost_micro: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the events come to; `bots` with the most sessions first.

    `messages` are distinct and not a developer's (those are `developer_messages`); `other_events`
    are all that are neither. A later row with an id seen before is among the `duplicates`, or,
    with other content, among the `conflicting`: the first one stands.
    """

    messages: int
    developer_messages: int
    other_events: int
    conversations: int
    interactive_conversations: int
    sessions: int
    voice_sessions: int
    duplicates: int
    conflicting: int
    rejected: int
    cost_micro: int
    bots: list[BotEstimate]


def estimate_sessions(
    columns: EventColumns, inactivity_seconds: int, price: Decimal, voice_channels: Collection[str]
) -> Estimate:
    """Cuts the log as the meter would. `price` is that of a billing session; the cost of all is
    the sum of the bots', each rounded once. Voice sessions are counted and not priced."""
    stands, conflicting = _distinct(columns)
    distinct = columns.only(stands)
    is_message = (distinct.kind >= Kind.USER) & (distinct.kind <= Kind.AGENT)
    conversing = distinct.only(distinct.kind <= Kind.ENDED)
    counts = _counts(conversing, inactivity_seconds, voice_channels)
    messages = np.bincount(distinct.bot[is_message], minlength=len(columns.bots))
    table = np.stack([messages, *counts], axis=1).tolist()
    bots = [
        BotEstimate(bot, sent, found, real, billed, spoken, per_unit.amount_micro(billed, price))
        for bot, (sent, found, real, billed, spoken) in zip(columns.bots, table, strict=True)
    ]
    bots.sort(key=lambda bot: (-bot.sessions, -bot.messages, bot.bot))
    developers = int(np.count_nonzero(distinct.kind >= Kind.DEVELOPER_USER))
    total = int(messages.sum())
    sums = [int(count.sum()) for count in counts]
    return Estimate(
        messages=total,
        developer_messages=developers,
        other_events=len(distinct.id) - total - developers,
        conversations=sums[0],
        interactive_conversations=sums[1],
        sessions=sums[2],
        voice_sessions=sums[3],
        duplicates=len(columns.id) - len(distinct.id) - conflicting,
        conflicting=conflicting,
        rejected=columns.rejected,
        cost_micro=sum(bot.cost_micro for bot in bots),
        bots=bots,
    )


def _distinct(columns: EventColumns) -> tuple[Flags, int]:
    """The first row of each id, and how many of the others say something else."""
    stands = np.ones(len(columns.id), np.bool_)
    ordered = np.sort(columns.id)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(repeated):
        return stands, 0
    rows = np.flatnonzero(np.isin(columns.id, repeated))
    rows = rows[np.argsort(columns.id[rows], kind="stable")]
    ids = columns.id[rows]
    is_first = np.append(True, ids[1:] != ids[:-1])
    first = rows[is_first][np.cumsum(is_first) - 1]
    later, first = rows[~is_first], first[~is_first]
    stands[later] = False
    contents: tuple[NDArray[Any], ...] = (columns.time, columns.kind, columns.bot, columns.user)
    contents += (columns.conversation, columns.channel)
    differs = np.zeros(len(later), np.bool_)
    for content in contents:
        differs |= content[later] != content[first]
    return stands, int(np.count_nonzero(differs))


def _counts(
    columns: EventColumns, inactivity_seconds: int, voice_channels: Collection[str]
) -> list[Ints]:
    """Per bot: conversations, interactive ones, billing sessions, voice sessions."""
    thread, threads = _threads(columns)
    keyed = thread[columns.conversation >= 0]
    columns, thread = _steered(columns, thread)
    thread_bot = np.zeros(threads, np.int64)
    thread_bot[thread] = columns.bot
    inactivity = np.full(threads, inactivity_seconds * 1_000_000)
    inactivity[keyed] = NEVER
    is_voice = np.array([name in voice_channels for name in columns.channels] + [False])
    counts = [np.zeros(len(columns.bots), np.int64) for _ in range(4)]
    for rows in _groups(thread):
        first = int(thread[rows].min())
        group = _sorted(
            thread[rows].astype(np.int64) - first,
            columns.time[rows],
            columns.kind[rows],
            is_voice[columns.channel[rows]],
        )
        within = slice(first, first + int(group.thread[-1]) + 1)
        cut = sessions.cut(group, State.empty(within.stop - first), inactivity[within])
        bot = thread_bot[within][cut.conversations.thread]
        interactive = cut.conversations.anchor != NONE
        found = (bot, bot[interactive], bot[cut.billing.conversation], bot[cut.voice.conversation])
        for count, each in zip(counts, found, strict=True):
            count += np.bincount(each, minlength=len(count))
    return counts


def _threads(columns: EventColumns) -> tuple[Codes, int]:
    """The thread of each row, by (bot, conversation) or else (bot, channel, user); how many."""
    bots, channels = len(columns.bots), len(columns.channels)
    users = int(columns.user.max(initial=-1)) + 1
    conversations = int(columns.conversation.max(initial=-1)) + 1
    key = columns.bot.astype(np.int64)
    key *= channels + 1
    key += columns.channel
    key += 1
    key *= users
    key += columns.user
    beyond = bots * (channels + 1) * users
    if conversations:
        keyed = columns.conversation >= 0
        bot = columns.bot[keyed].astype(np.int64)
        key[keyed] = beyond + bot * conversations + columns.conversation[keyed]
    return _dense(key, beyond + bots * conversations)


def _steered(columns: EventColumns, thread: Codes) -> tuple[EventColumns, Codes]:
    """Gives the controls that name neither conversation nor channel to all threads of their bot and
    user, by repeating their rows."""
    is_control = (columns.kind < Kind.USER) | (columns.kind == Kind.ENDED)
    wide = np.flatnonzero(is_control & (columns.conversation < 0) & (columns.channel < 0))
    if not len(wide):
        return columns, thread
    pair = columns.bot.astype(np.int64) * (int(columns.user.max()) + 1) + columns.user
    named = np.flatnonzero((columns.user >= 0) & np.isin(pair, pair[wide]))
    owned = np.unique(np.stack([pair[named], thread[named]], axis=1), axis=0)
    low = np.searchsorted(owned[:, 0], pair[wide], side="left")
    many = np.searchsorted(owned[:, 0], pair[wide], side="right") - low
    source = np.repeat(wide, many)
    within = np.arange(len(source)) - np.repeat(np.cumsum(many) - many, many)
    target = owned[np.repeat(low, many) + within, 1]
    is_other = target != thread[source]
    source, target = source[is_other], target[is_other]
    rows = np.concatenate([np.arange(len(thread)), source])
    return columns.take(rows), np.concatenate([thread, target.astype(thread.dtype)])


def _dense(key: Ints, bound: int) -> tuple[Codes, int]:
    """Codes from 0 without gaps in the order of the keys, which lie in [0, bound)."""
    if bound > min(8 * len(key) + 1_000_000, 2**31):
        distinct, code = np.unique(key, return_inverse=True)
        return code.astype(np.int32), len(distinct)
    is_used = np.zeros(bound, np.bool_)
    is_used[key] = True
    codes = np.cumsum(is_used, dtype=np.int32)
    codes -= 1
    return codes[key], int(codes[-1]) + 1 if bound else 0


def _groups(thread: Codes) -> Iterator[Ints]:
    """Rows in groups of whole threads, one after the other, of a size that fits the caches."""
    if not len(thread):
        return
    groups = len(thread) // _GROUP_ROWS
    shift = max(0, int(thread.max()).bit_length() - groups.bit_length())
    group = (thread >> shift).astype(np.uint16)
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group)).tolist()
    for start, end in pairwise([0, *ends]):
        if start < end:
            yield order[start:end]


def _sorted(thread: Ints, time: Ints, kind: NDArray[np.uint8], voice: Flags) -> Events:
    """By thread, time and kind: in one integer each where they fit, which sorts ten times faster
    than three columns do."""
    earliest, least = int(time.min()), int(kind.min())
    time_bits = (int(time.max()) - earliest).bit_length()
    kind_bits = (int(kind.max()) - least).bit_length()
    if int(thread.max()).bit_length() + time_bits + kind_bits + 1 > 63:
        return Events.sorted(thread, time, kind, voice)[0]
    packed = (thread << time_bits) | (time - earliest)
    packed = (packed << kind_bits) | (kind - least)
    packed = (packed << 1) | voice
    packed.sort()
    voice = (packed & 1).astype(np.bool_)
    kind = ((packed >> 1) & ((1 << kind_bits) - 1)).astype(np.uint8) + np.uint8(least)
    packed >>= kind_bits + 1
    time = (packed & ((1 << time_bits) - 1)) + earliest
    return Events(packed >> time_bits, time, kind, voice)
