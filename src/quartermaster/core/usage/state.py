"""The columns that go into and come out of the cutting of messages into conversations."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NONE: Final = np.iinfo(np.int64).min
"""An instant that is not there."""
NEVER: Final = np.iinfo(np.int64).max // 4
"""The inactivity of threads that silence does not cut, in microseconds."""


@dataclass(frozen=True, slots=True)
class Events:
    """Messages and controls sorted by (thread, time, kind): n rows, no developer messages.

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
        """The events in order, and the permutation that put them there; `tie` orders those that
        are alike in thread, time and kind."""
        order = np.lexsort((kind, time, thread) if tie is None else (tie, kind, time, thread))
        return cls(thread[order], time[order], kind[order], voice[order]), order


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


@dataclass(frozen=True, slots=True)
class Sessions:
    """New sessions of one unit: `conversation` is the row of its conversation, `start` that of its
    block, `event` the row of the first event that made it count."""

    conversation: Ints
    start: Ints
    event: Ints


@dataclass(frozen=True, slots=True)
class Cut:
    """What a call found."""

    conversations: Conversations
    billing: Sessions
    voice: Sessions
    state: State
