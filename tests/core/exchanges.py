"""Messages and controls for tests: a short notation, random exchanges, and what is cut from them.

In the notation a word is a letter and a minute: `u` user, `b` bot, `a` agent, `d` developer,
`t` transferred, `r` returned, `e` ended; `b15:00.000001` is exact to the microsecond, and a
trailing `v` is a voice channel.
"""

import re
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from quartermaster.core.usage import sessions, state
from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import Cut, Events, State

MINUTE = 60_000_000
KEYED = state.NEVER
LETTERS = {
    "u": Kind.USER,
    "b": Kind.BOT,
    "a": Kind.AGENT,
    "d": Kind.DEVELOPER_USER,
    "t": Kind.TRANSFERRED,
    "r": Kind.RETURNED,
    "e": Kind.ENDED,
}
WORD = re.compile(r"([ubadtre])(\d+)(?::(\d\d)(?:\.(\d{6}))?)?(v?)")


class Row(NamedTuple):
    """One message or control."""

    thread: int
    time: int
    kind: int
    voice: bool


@dataclass(frozen=True)
class Exchange:
    """Rows in any order, and the inactivity of each thread in microseconds."""

    inactivity: tuple[int, ...]
    rows: tuple[Row, ...]


class Conversation(NamedTuple):
    """A conversation as the outside knows it; `anchor` is None where the end user is silent."""

    thread: int
    start: int
    end: int
    anchor: int | None
    messages: int


class Session(NamedTuple):
    """A session: where its conversation and where its block starts."""

    thread: int
    conversation: int
    start: int


class Found(NamedTuple):
    """All that is found in an exchange, sorted."""

    conversations: list[Conversation]
    billing: list[Session]
    voice: list[Session]


def read(text: str, inactivity: int = 15 * MINUTE) -> Exchange:
    """One thread from the notation; developer messages are left out, as the meter does."""
    rows = []
    for word in text.split():
        match = WORD.fullmatch(word)
        assert match, f"not in the notation: {word}"
        letter, minutes, seconds, micros, voice = match.groups()
        time = int(minutes) * MINUTE + int(seconds or 0) * 1_000_000 + int(micros or 0)
        rows.append(Row(0, time, LETTERS[letter], bool(voice)))
    return Exchange((inactivity,), tuple(row for row in rows if row.kind <= Kind.ENDED))


def columns(rows: tuple[Row, ...]) -> Events:
    """The rows as sorted columns."""
    table = np.array(rows, np.int64).reshape(-1, len(Row._fields))
    events, _ = Events.sorted(
        table[:, 0], table[:, 1], table[:, 2].astype(np.uint8), table[:, 3].astype(np.bool_)
    )
    return events


def cut(
    exchange: Exchange, rows: tuple[Row, ...] | None = None, carried: State | None = None
) -> Cut:
    """Cuts the rows (all by default) with the state carried in (nothing seen by default)."""
    inactivity = np.array(exchange.inactivity, np.int64)
    before = State.empty(len(inactivity)) if carried is None else carried
    return sessions.cut(columns(exchange.rows if rows is None else rows), before, inactivity)


def found(*cuts: Cut) -> Found:
    """What the cuts found together: a later one knows the conversations it goes on with better."""
    conversations: dict[tuple[int, int], Conversation] = {}
    units: tuple[list[Session], list[Session]] = ([], [])
    for each in cuts:
        rows = each.conversations
        begun = list(zip(rows.thread.tolist(), rows.start.tolist(), strict=True))
        for key, end, anchor, count, goes_on in zip(
            begun,
            rows.end.tolist(),
            rows.anchor.tolist(),
            rows.messages.tolist(),
            rows.continued.tolist(),
            strict=True,
        ):
            assert goes_on == (key in conversations)
            known = None if anchor == state.NONE else anchor
            conversations[key] = Conversation(*key, end, known, count)
        for kept, unit in zip(units, (each.billing, each.voice), strict=True):
            places = zip(unit.conversation.tolist(), unit.start.tolist(), strict=True)
            kept += [Session(*begun[row], start) for row, start in places]  # type: ignore[call-arg]
    return Found(sorted(conversations.values()), sorted(units[0]), sorted(units[1]))


def carried(after: State) -> dict[str, list[int]]:
    """A state as plain lists, to be compared."""
    return {field.name: getattr(after, field.name).tolist() for field in fields(State)}


_minutes = st.one_of(
    st.integers(0, 8).map(lambda quarter: quarter * 15),
    st.integers(0, 24).map(lambda step: step * 5),
    st.integers(0, 120),
)
TIMES = st.builds(
    lambda minute, off: minute * MINUTE + off, _minutes, st.sampled_from((0, 0, 0, 0, -1, 1))
)
KINDS = st.sampled_from([Kind(number) for number in range(Kind.ENDED + 1)] + [Kind.USER, Kind.BOT])
INACTIVITIES = st.sampled_from((5 * MINUTE, 15 * MINUTE, 20 * MINUTE, KEYED))


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    """Some threads, with ties, exact multiples of the block and of the inactivity, and controls."""
    inactivity = draw(st.lists(INACTIVITIES, min_size=1, max_size=4))
    row = st.builds(Row, st.integers(0, len(inactivity) - 1), TIMES, KINDS, st.booleans())
    rows = draw(st.lists(row, min_size=draw(st.integers(0, 24)), max_size=40))
    return Exchange(tuple(inactivity), tuple(rows))
