"""The columns that go into and come out of the cutting of messages into conversations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NONE: Final = np.iinfo(np.int64).min
"""An instant that is not there."""
NEVER: Final = np.iinfo(np.int64).max // 4
"""The inactivity of threads that silence does not cut, in microseconds."""
BLOCK_MICROS: Final = 15 * 60 * 1_000_000


def grouped(keys: Ints) -> Ints:
    """The rows by key, rows of the same key as they come; keys from 0, below 2**63 / rows.

    Key and row in one integer sort several times faster than a stable argsort.
    """
    bits = len(keys).bit_length()
    packed = keys << bits
    packed |= np.arange(len(keys))
    packed.sort()
    packed &= (1 << bits) - 1
    return packed


class Events(NamedTuple):
    """Messages and controls: n rows, no developer messages. Those of a thread stand in the order of
    (time, kind); threads may be mixed. A named tuple, which compiled code can take.

    `thread` counts from 0 and indexes the state; `time` is in microseconds; `kind` is
    `events.Kind` up to ENDED; `voice` tells whether the channel is a voice channel.
    """

    thread: Ints
    time: Ints
    kind: NDArray[np.uint8]
    voice: Flags

    @classmethod
    def sorted(
        cls,
        thread: Ints,
        time: Ints,
        kind: NDArray[np.uint8],
        voice: Flags,
        tie: Ints | None = None,
    ) -> tuple["Events", Ints]:
        """The events by (thread, time, kind), and the permutation that put them there; `tie`
        orders those that are alike in all three."""
        order = np.lexsort((kind, time, thread) if tie is None else (tie, kind, time, thread))
        return cls(thread, time, kind, voice).take(order), order

    def take(self, rows: Ints) -> "Events":
        """These rows."""
        return Events(self.thread[rows], self.time[rows], self.kind[rows], self.voice[rows])

    def rows(self, start: int, end: int, first_thread: int) -> "Events":
        """The rows [start, end), their threads counted from `first_thread`."""
        return Events(
            self.thread[start:end] - first_thread,
            self.time[start:end],
            self.kind[start:end],
            self.voice[start:end],
        )


@dataclass(frozen=True, slots=True)
class State:
    """What is carried from one call to the next: one row per thread, its latest conversation.

    `start` and `last` are its first and last message, `anchor` its end user's first, `block` and
    `voice_block` the latest blocks counted (-1: none). `transferred`: it is in a human agent's
    hands. `closed`: `conversation.ended` came after its last message. `pending`: a transfer came
    after it was over and waits for the next. `seen`: the last event of any kind.
    """

    start: Ints
    anchor: Ints
    last: Ints
    seen: Ints
    block: Ints
    voice_block: Ints
    messages: Ints
    transferred: Flags
    closed: Flags
    pending: Flags

    @classmethod
    def empty(cls, threads: int) -> "State":
        """Threads of which nothing has been seen."""
        return cls(
            start=np.full(threads, NONE),
            anchor=np.full(threads, NONE),
            last=np.full(threads, NONE),
            seen=np.full(threads, NONE),
            block=np.full(threads, -1, np.int64),
            voice_block=np.full(threads, -1, np.int64),
            messages=np.zeros(threads, np.int64),
            transferred=np.zeros(threads, np.bool_),
            closed=np.zeros(threads, np.bool_),
            pending=np.zeros(threads, np.bool_),
        )

    def copy(self) -> "State":
        """A state of its own."""
        return State(*(getattr(self, name).copy() for name in State.__dataclass_fields__))

    def threads(self, start: int, end: int) -> "State":
        """The rows of the threads [start, end): a view, so that writing to it writes here."""
        return State(*(getattr(self, name)[start:end] for name in State.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Conversations:
    """The conversations that a call began or went on with, by thread and start.

    `continued`: carried in by the state, so all but `start` may have changed, and
    `transferred_at_start`, which is told of new ones, means nothing. `anchor` is NONE while the end
    user has not written: such a one is not billed.
    """

    thread: Ints
    start: Ints
    end: Ints
    anchor: Ints
    messages: Ints
    continued: Flags
    transferred_at_start: Flags

    def shift(self, threads: int) -> "Conversations":
        """Itself, with threads counted from so many earlier on."""
        np.add(self.thread, threads, out=self.thread)
        return self

    @classmethod
    def joined(cls, several: "Sequence[Conversations]") -> "Conversations":
        """One behind the other."""
        return _joined(cls, several, (np.int64,) * 5 + (np.bool_,) * 2)


@dataclass(frozen=True, slots=True)
class Sessions:
    """New sessions of one unit: `conversation` is the row of its conversation, `start` that of its
    block, `event` the row of the first event that made it count."""

    conversation: Ints
    start: Ints
    event: Ints

    def shift(self, conversations: int, events: int) -> "Sessions":
        """Itself, with conversations and events counted from so many earlier on."""
        np.add(self.conversation, conversations, out=self.conversation)
        np.add(self.event, events, out=self.event)
        return self

    @classmethod
    def none(cls) -> "Sessions":
        """No sessions."""
        return cls(*(np.empty(0, np.int64) for _ in range(3)))

    @classmethod
    def joined(cls, several: "Sequence[Sessions]") -> "Sessions":
        """One behind the other."""
        return _joined(cls, several, (np.int64,) * 3)


_Columns = TypeVar("_Columns", Conversations, Sessions)


def _joined(kind: type[_Columns], several: Sequence[_Columns], types: Sequence[type]) -> _Columns:
    if len(several) == 1:
        return several[0]
    return kind(
        *(
            np.concatenate([getattr(one, name) for one in several] or [np.empty(0, dtype)])
            for name, dtype in zip(kind.__dataclass_fields__, types, strict=True)
        )
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """What a call found."""

    conversations: Conversations
    billing: Sessions
    voice: Sessions
    state: State
