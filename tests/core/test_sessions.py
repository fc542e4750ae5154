"""Conversations and billing sessions: the table of the rules, its edges, and what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.usage.state import State
from tests.core import exchanges
from tests.core.exchanges import KEYED, MINUTE, TIMES, Exchange, Row

BY_SILENCE = 15 * MINUTE

# name, exchange, inactivity, minutes at which sessions start
RULES = (
    ("31 minutes are 3", "u0 b1 u10 u20 b30 u31", BY_SILENCE, [0, 15, 30]),
    ("an exact multiple stays in the earlier block", "u0 b15", BY_SILENCE, [0]),
    ("silence over 15 minutes", "u0 b15:00.000001", BY_SILENCE, [0, None]),
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
    ("... but not past a second end", "u0 e5 t6 e7 u8", KEYED, [0, 8]),
    ("... nor past a return", "u0 e5 t6 r7 u8", KEYED, [0, 8]),
    ("a transfer at its instant is before it", "u0 t5 e5 u8", KEYED, [0, 8]),
    ("the user is silent after it", "u0 e5 b6", KEYED, [0]),
)


def cases(*tables: tuple[tuple[str, str, int, list[int | None]], ...]) -> pytest.MarkDecorator:
    """Each row of the tables as an example."""
    rows = [pytest.param(*row[1:], id=row[0]) for table in tables for row in table]
    return pytest.mark.parametrize(("text", "inactivity", "minutes"), rows)


@cases(RULES[:2], RULES[3:], BLOCKS, SEGMENTS, ENDS)
def test_sessions_start_with_their_blocks(text: str, inactivity: int, minutes: list[int]) -> None:
    found = exchanges.found(exchanges.cut(exchanges.read(text, inactivity)))
    assert [session.start for session in found.billing] == [at * MINUTE for at in minutes]


def test_silence_longer_than_the_inactivity_starts_a_second_conversation() -> None:
    _, text, inactivity, _ = RULES[2]
    found = exchanges.found(exchanges.cut(exchanges.read(f"{text} u16", inactivity)))
    late = 15 * MINUTE + 1
    assert found.conversations == [(0, 0, 0, 0, 1), (0, late, 16 * MINUTE, 16 * MINUTE, 2)]
    assert [session.conversation for session in found.billing] == [0, late]
