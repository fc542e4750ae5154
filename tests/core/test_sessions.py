"""Conversations and billing sessions: the table of the rules, its edges, and what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.usage import sessions
from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import Events, State
from tests.core import exchanges
from tests.core.exchanges import KEYED, MINUTE, TIMES, Exchange, Found, Row

BY_SILENCE = 15 * MINUTE

# name, exchange, inactivity, minutes at which sessions start
RULES = (
    ("31 minutes are 3", "u0 b1 u10 u20 b30 u31", BY_SILENCE, [0, 15, 30]),
    ("an exact multiple stays in the earlier block", "u0 b15", BY_SILENCE, [0]),
    ("silence over 15 minutes", "u0 b15:00.000001 u16", BY_SILENCE, [0, 16]),
    ("30 minutes are 2", "u0 u10 u20 u30", BY_SILENCE, [0, 15]),
    ("a welcome is before the clock", "b0 u2 b16", BY_SILENCE, [2]),
    ("the user never writes", "b0 b3", BY_SILENCE, []),
    ("agent time is excluded", "u0 t3 a10 a40 r41 b42", KEYED, [0, 30]),
    ("a developer tests", "d0", BY_SILENCE, []),
)

BLOCKS = (
    ("nothing", "", BY_SILENCE, []),
    ("the block after an exact multiple", "u0 b15 b15:00.000001", BY_SILENCE, [0, 15]),
    ("silence of exactly the inactivity", "u0 b15 b30 b45", BY_SILENCE, [0, 15, 30]),
    ("silent blocks are free", "u0 b46", KEYED, [0, 45]),
    ("a key is not cut by silence", "u0 u10000", KEYED, [0, 9990]),
    ("two weeks of inactivity", "u0 u20160", 14 * 1440 * MINUTE, [0, 20145]),
    ("an agent's message is no activity", "u0 a14 u28", BY_SILENCE, [0, 15]),
    ("an agent alone in the second block", "u0 a15 a30", BY_SILENCE, [0]),
    ("developers keep nothing going", "u0 d10 u20", BY_SILENCE, [0, 20]),
    ("only the agent before the anchor", "a0 b5 u10 b25", BY_SILENCE, [10]),
    ("the bot at the anchor's instant", "b5 u5", BY_SILENCE, [5]),
)

SEGMENTS = (
    ("transferred at the message: inside", "u0 t20 b20", KEYED, [0]),
    ("a microsecond before: outside", "u0 b19:59.999999 t20", KEYED, [0, 15]),
    ("returned at the message: outside", "u0 t20 b25 r40 b40", KEYED, [0, 30]),
    ("a microsecond before: inside", "u0 t20 b39:59.999999 r40", KEYED, [0]),
    ("returned and transferred at once", "u0 r20 t20 b20", KEYED, [0]),
    ("twice transferred, once returned", "u0 t3 t5 r20 b21", KEYED, [0, 15]),
    ("returned without a transfer", "u0 r3 b20", KEYED, [0, 15]),
    ("the anchor in a segment", "t0 u1 r10 b20", KEYED, [16]),
    ("a segment before the first message", "t0 u1 b2", BY_SILENCE, []),
    ("... that ends", "t0 u1 r2 b3", BY_SILENCE, [1]),
    ("... that ended", "t0 r1 u2", BY_SILENCE, [2]),
    ("... that an end took along", "t0 e1 u2", BY_SILENCE, [2]),
    ("silence takes the segment along", "u0 t10 u30", BY_SILENCE, [0, 30]),
    ("at the end of silence it is not over", "u0 t15 u31", BY_SILENCE, [0, 31]),
    ("a transfer once it is over waits", "u0 t15:00.000001 u31", BY_SILENCE, [0]),
    ("... until returned", "u0 t20 u31 b32 r33 b34", BY_SILENCE, [0, 31]),
    ("... or taken back before", "u0 t20 r21 u31", BY_SILENCE, [0, 31]),
    ("... or ended", "u0 t20 e21 u31", BY_SILENCE, [0, 31]),
    ("an agent keeps the conversation", "u0 t3 a15 a30 r31 b32", BY_SILENCE, [0, 30]),
)

ENDS = (
    ("closes early", "u0 e5 u6", BY_SILENCE, [0, 6]),
    ("closes a key too", "u0 e5 u6", KEYED, [0, 6]),
    ("at the last message", "u0 u5 e5 u6", BY_SILENCE, [0, 6]),
    ("takes the messages of its instant along", "e5 u0 u5", BY_SILENCE, [0]),
    ("before anything", "e0 u1", BY_SILENCE, [1]),
    ("twice", "u0 e1 e2 u3", BY_SILENCE, [0, 3]),
    ("after silence", "u0 e20 u30", BY_SILENCE, [0, 30]),
    ("takes the segment along", "u0 t1 e5 u6", KEYED, [0, 6]),
    ("a transfer after it waits", "u0 e5 t6 u8", KEYED, [0]),
    ("... from before the silence on too", "u0 e5 t10 u30", BY_SILENCE, [0]),
    ("... but not past a second end", "u0 e5 t6 e7 u8", KEYED, [0, 8]),
    ("... nor past a return", "u0 e5 t6 r7 u8", KEYED, [0, 8]),
    ("a transfer at its instant is before it", "u0 t5 e5 u8", KEYED, [0, 8]),
    ("the user is silent after it", "u0 e5 b6", KEYED, [0]),
)


VOICE = (
    ("a block each", "u0v b15v b16v", BY_SILENCE, [0, 15]),
    ("human agents count", "u0v t3 a10v a40v r41 b46v", KEYED, [0, 30, 45]),
    ("the agent's message alone", "u0 a20v", KEYED, [15]),
    ("other channels do not", "u0v b20 b40v", KEYED, [0, 30]),
    ("the anchor may be text", "u0 b20v", KEYED, [15]),
    ("nothing before the anchor", "b0v a1v u5", BY_SILENCE, []),
    ("the user never speaks", "b0v a1v b16v", KEYED, []),
    ("the user speaks in a segment", "t0 u1v b2v", BY_SILENCE, [1]),
    ("controls are no activity", "u0 t20v r40v", KEYED, []),
)


def cases(*tables: tuple[tuple[str, str, int, list[int]], ...]) -> pytest.MarkDecorator:
    """Each row of the tables as an example."""
    rows = [pytest.param(*row[1:], id=row[0]) for table in tables for row in table]
    return pytest.mark.parametrize(("text", "inactivity", "minutes"), rows)


@cases(RULES, BLOCKS, SEGMENTS, ENDS)
def test_sessions_start_with_their_blocks(text: str, inactivity: int, minutes: list[int]) -> None:
    found = exchanges.found(exchanges.cut(exchanges.read(text, inactivity)))
    assert [session.start for session in found.billing] == [at * MINUTE for at in minutes]


@cases(VOICE)
def test_voice_is_counted_apart(text: str, inactivity: int, minutes: list[int]) -> None:
    found = exchanges.found(exchanges.cut(exchanges.read(text, inactivity)))
    assert [session.start for session in found.voice] == [at * MINUTE for at in minutes]


def test_what_follows_too_long_a_silence_is_another_conversation() -> None:
    found = exchanges.found(exchanges.cut(exchanges.read("u0 b1 b16:00.000001 u17")))
    late = 16 * MINUTE + 1
    assert found.conversations == [
        (0, 0, MINUTE, 0, 2),
        (0, late, 17 * MINUTE, 17 * MINUTE, 2),
    ]
    assert [session.conversation for session in found.billing] == [0, late]


def test_a_conversation_of_the_bot_alone_is_kept_but_not_billed() -> None:
    found = exchanges.found(exchanges.cut(exchanges.read("u0 b15:00.000001")))
    assert [conversation.anchor for conversation in found.conversations] == [0, None]
    assert len(found.billing) == 1


def test_a_session_names_the_event_that_made_it_count() -> None:
    exchange = exchanges.read("u0 t14 b16 r17 b18 b31", KEYED)
    billing = exchanges.cut(exchange).billing
    times = exchanges.columns(exchange.rows).time[billing.event]
    assert times.tolist() == [0, 18 * MINUTE, 31 * MINUTE]


@cases(VOICE[:2], SEGMENTS, ENDS)
def test_one_event_at_a_time_is_like_all_at_once(
    text: str, inactivity: int, minutes: list[int]
) -> None:
    exchange = exchanges.read(text, inactivity)
    times = sorted({row.time for row in exchange.rows})
    check_batches(exchange, [times])


def test_a_waiting_transfer_is_for_the_next_conversation_only() -> None:
    exchange = exchanges.read("u0 t20 u31 u60 b61", BY_SILENCE)
    check_batches(exchange, [[20 * MINUTE]])
    billed = exchanges.found(exchanges.cut(exchange)).billing
    assert [session.start for session in billed] == [0, 60 * MINUTE]


def test_one_threads_end_closes_no_other() -> None:
    ends, goes_on = exchanges.read("u0 e5"), exchanges.read("u0 t5 r6 b10")
    rows = ends.rows + tuple(row._replace(thread=1) for row in goes_on.rows)
    exchange = Exchange((BY_SILENCE, BY_SILENCE), rows)
    check_batches(exchange, [[0, 6 * MINUTE]])
    assert [c.messages for c in exchanges.found(exchanges.cut(exchange)).conversations] == [1, 2]


@given(st.data(), exchanges.exchanges())
@settings(max_examples=60, deadline=None)
def test_the_order_of_arrival_never_matters(data: st.DataObject, exchange: Exchange) -> None:
    shuffled = tuple(data.draw(st.permutations(exchange.rows)))
    whole, again = exchanges.cut(exchange), exchanges.cut(exchange, shuffled)
    assert exchanges.found(again) == exchanges.found(whole)
    assert exchanges.carried(again.state) == exchanges.carried(whole.state)


@given(exchanges.exchanges(), st.lists(st.lists(TIMES, max_size=4), min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_batches_are_like_all_at_once(exchange: Exchange, bounds: list[list[int]]) -> None:
    check_batches(exchange, bounds)


@given(st.data(), exchanges.exchanges())
@settings(max_examples=300, deadline=None)
def test_a_settled_message_changes_only_how_many_there_are(
    data: st.DataObject, exchange: Exchange
) -> None:
    before = exchanges.cut(exchange)
    thread = data.draw(st.integers(0, len(exchange.inactivity) - 1))
    kind = data.draw(st.sampled_from((Kind.USER, Kind.BOT, Kind.AGENT)))
    late = Row(thread, data.draw(TIMES), kind, data.draw(st.booleans()))
    if not sessions.is_settled(exchanges.columns((late,)), before.state)[0]:
        return
    after = exchanges.cut(exchange, (*exchange.rows, late))
    one, other = exchanges.found(before), exchanges.found(after)
    assert (other.billing, other.voice) == (one.billing, one.voice)
    changed = [
        pair
        for pair in zip(one.conversations, other.conversations, strict=True)
        if pair[0] != pair[1]
    ]
    assert [(a._replace(messages=a.messages + 1), a.start) for a, _ in changed] == [
        (b, int(before.state.start[thread])) for _, b in changed
    ]
    assert len(changed) == 1
    states = exchanges.carried(before.state)
    states["messages"][thread] += 1
    assert exchanges.carried(after.state) == states


@pytest.mark.parametrize(
    ("late", "settled"),
    [
        ("u1", True),
        ("a0", True),
        ("b14", True),
        ("a3", True),
        ("b0", True),
        ("u16", False),
        ("t3", False),
    ],
)
def test_late_in_the_block_that_was_counted_last_is_settled(late: str, settled: bool) -> None:
    known = exchanges.cut(exchanges.read("u0 b10 u15"))
    rows = exchanges.columns(exchanges.read(late).rows)
    assert sessions.is_settled(rows, known.state).tolist() == [settled]
    further = exchanges.cut(exchanges.read("u0 b10 u15 b16"))
    assert not sessions.is_settled(rows, further.state)[0] or late == "u16"


def check_batches(exchange: Exchange, bounds: list[list[int]]) -> None:
    """Cuts thread k at the instants `bounds[k]` (modulo), one batch after the other."""
    batches: dict[int, list[Row]] = {}
    for row in exchange.rows:
        instants = bounds[row.thread % len(bounds)]
        batches.setdefault(sum(instant < row.time for instant in instants), []).append(row)
    cuts, after = [], State.empty(len(exchange.inactivity))
    for number in range(max(batches, default=0) + 1):
        cuts.append(exchanges.cut(exchange, tuple(batches.get(number, ())), after))
        after = cuts[-1].state
    whole = exchanges.cut(exchange)
    assert exchanges.found(*cuts) == exchanges.found(whole)
    assert exchanges.carried(after) == exchanges.carried(whole.state)


@given(exchanges.exchanges())
@settings(max_examples=60, deadline=None)
def test_a_thread_can_be_cut_again_from_any_conversation_on(exchange: Exchange) -> None:
    whole = exchanges.cut(exchange)
    found, rows = exchanges.found(whole), whole.conversations
    for thread, start, was_transferred in zip(
        rows.thread.tolist(), rows.start.tolist(), rows.transferred_at_start, strict=True
    ):
        before = State.empty(len(exchange.inactivity))
        before.pending[thread] = was_transferred
        late = tuple(row for row in exchange.rows if row.thread == thread and row.time >= start)
        again = exchanges.found(exchanges.cut(exchange, late, before))
        assert again == Found(
            *(
                [each for each in part if each[:1] == (thread,) and each[1] >= start]
                for part in found
            )
        )


@given(exchanges.exchanges(), st.integers(-(10**15), 2 * 10**15))
@settings(max_examples=60, deadline=None)
def test_shifting_all_times_shifts_all_sessions(exchange: Exchange, shift: int) -> None:
    later = tuple(row._replace(time=row.time + shift) for row in exchange.rows)
    there, here = exchanges.found(exchanges.cut(exchange, later)), exchanges.cut(exchange)
    here_found = exchanges.found(here)
    assert there.conversations == [
        (
            c.thread,
            c.start + shift,
            c.end + shift,
            None if c.anchor is None else c.anchor + shift,
            c.messages,
        )
        for c in here_found.conversations
    ]
    for unit in ("billing", "voice"):
        assert getattr(there, unit) == [
            (s.thread, s.conversation + shift, s.start + shift) for s in getattr(here_found, unit)
        ]


@given(exchanges.exchanges())
@settings(max_examples=40, deadline=None)
def test_threads_do_not_touch_each_other(exchange: Exchange) -> None:
    alone = [
        exchanges.cut(exchange, tuple(row for row in exchange.rows if row.thread == thread))
        for thread in range(len(exchange.inactivity))
    ]
    assert exchanges.found(*alone) == exchanges.found(exchanges.cut(exchange))


@given(exchanges.exchanges())
@settings(max_examples=40, deadline=None)
def test_a_second_message_at_the_same_instant_costs_nothing(exchange: Exchange) -> None:
    once, twice = (exchanges.found(exchanges.cut(exchange, exchange.rows * n)) for n in (1, 2))
    assert (twice.billing, twice.voice) == (once.billing, once.voice)
    assert [c.messages for c in twice.conversations] == [2 * c.messages for c in once.conversations]


def test_what_is_alike_can_be_ordered_by_a_tie() -> None:
    alike = np.zeros(3, np.int64)
    for tie in ([2, 0, 1], [1, 2, 0]):
        _, order = Events.sorted(
            alike, alike, alike.astype(np.uint8), alike.astype(np.bool_), np.array(tie)
        )
        assert np.array(tie)[order].tolist() == [0, 1, 2]


def test_the_state_given_is_left_as_it_was() -> None:
    before = State.empty(1)
    exchanges.cut(exchanges.read("u0 t1 e2"), carried=before)
    assert exchanges.carried(before) == exchanges.carried(State.empty(1))
