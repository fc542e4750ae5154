"""Estimates: the rules' own examples, duplicates, threads, and the same figures in any order."""

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from zlib import crc32

import numpy as np
import pytest

from quartermaster.core.usage.events import DEVELOPER, Kind
from quartermaster.usecases.usage import estimate_sessions as module
from quartermaster.usecases.usage.estimate_sessions import Estimate, EventColumns, estimate_sessions

MINUTE = 60_000_000
LETTERS = {
    "u": Kind.USER,
    "b": Kind.BOT,
    "a": Kind.AGENT,
    "t": Kind.TRANSFERRED,
    "r": Kind.RETURNED,
    "e": Kind.ENDED,
    "d": Kind.DEVELOPER_USER,
    "p": Kind.API_REQUESTED,
}

Row = tuple[int, int, int, int, int, int, int]
"""id, time, kind, bot, user, conversation, channel."""


def rows(text: str, bot: int = 0, user: int = 0, conversation: int = -1) -> list[Row]:
    """`u0 b1.5` as rows: a letter and minutes each, over the first channel."""
    return [
        (
            crc32(f"{text}/{bot}/{user}/{conversation}/{place}".encode()),
            round(float(word[1:]) * MINUTE),
            LETTERS[word[0]],
            *(bot, user, conversation, 0),
        )
        for place, word in enumerate(text.split())
    ]


def columns(found: Sequence[Row], channel: str = "web") -> EventColumns:
    table = np.array(found, np.int64).reshape(-1, 7).T
    codes = [column.astype(np.int32) for column in table[3:]]
    bots = ["helpdesk", "bookings", "orders"]
    ids, kinds = table[0].astype(np.uint64), table[2].astype(np.uint8)
    return EventColumns(ids, table[1], kinds, *codes, bots, [channel], 0)  # type: ignore[call-arg]


def estimate(found: Sequence[Row], channel: str = "web") -> Estimate:
    return estimate_sessions(columns(found, channel), 900, Decimal("0.20"), {"voice"})


@pytest.mark.parametrize(
    ("text", "conversation", "sessions"),
    [
        ("u0 b1 u10 u20 b30 u31", -1, 3),
        ("u0 b15", -1, 1),
        ("u0 b15.0000001", -1, 2 - 1),  # the second conversation has no user
        ("u0 u10 u20 u30", -1, 2),
        ("b0 u2 b16", -1, 1),
        ("b0 b3", -1, 0),
        ("u0 t3 a10 a40 r41 b42", 0, 2),
        ("u0 u46", 0, 2),
        ("u0 e1 u2", -1, 2),
        ("d0", -1, 0),
    ],
)
def test_the_examples_of_the_rules(text: str, conversation: int, sessions: int) -> None:
    found = estimate(rows(text, conversation=conversation))
    assert found.sessions == sessions
    assert found.cost_micro == sessions * 200_000


def test_nothing_comes_to_nothing() -> None:
    found = estimate([])
    assert (found.messages, found.sessions, found.cost_micro) == (0, 0, 0)
    assert [bot.sessions for bot in found.bots] == [0, 0, 0]


def test_what_is_counted() -> None:
    found = estimate(rows("b0") + rows("u0 b1 d2 p3 e4", user=1))
    assert (found.messages, found.developer_messages, found.other_events) == (3, 1, 2)
    assert (found.conversations, found.interactive_conversations, found.sessions) == (2, 1, 1)


def test_bots_stand_in_order_of_sessions() -> None:
    found = estimate(rows("u0", bot=0) + rows("u0 u60 u120", bot=2) + rows("b0", bot=1))
    assert [(bot.bot, bot.sessions, bot.cost_micro) for bot in found.bots] == [
        ("orders", 3, 600_000),
        ("helpdesk", 1, 200_000),
        ("bookings", 0, 0),
    ]
    assert found.bots[0].conversations == 3
    assert found.bots[2].messages == 1


def test_bots_users_channels_and_conversations_are_threads_of_their_own() -> None:
    apart = rows("u0") + rows("u0", user=1) + rows("u0", bot=1) + rows("u0", conversation=4)
    no_channel = [(*row[:6], -1) for row in rows("u0 b1", user=1)]
    no_channel = [(row[0] + 7, *row[1:]) for row in no_channel]
    found = estimate(apart + no_channel)
    assert (found.conversations, found.sessions) == (5, 5)


def test_the_first_of_an_id_stands() -> None:
    row = rows("u0")[0]
    same, other = row, (row[0], 60 * MINUTE, *row[2:])
    found = estimate([row, same, other, same, *rows("u600")])
    assert (found.messages, found.duplicates, found.conflicting) == (2, 2, 1)
    assert found.sessions == 2


def test_voice_is_counted_apart_and_with_the_agent() -> None:
    text = "u0 t3 a20 a40 r41 b42"
    spoken = estimate(rows(text, conversation=0), "voice")
    written = estimate(rows(text, conversation=0), "web")
    assert (spoken.sessions, spoken.voice_sessions) == (2, 3)
    assert (written.sessions, written.voice_sessions) == (2, 0)


def test_each_bot_is_rounded_once_and_the_cost_is_their_sum() -> None:
    log = columns(rows("u0", bot=0) + rows("u0", bot=1))
    found = estimate_sessions(log, 900, Decimal("0.0000005"), set())
    assert [bot.cost_micro for bot in found.bots] == [1, 1, 0]
    assert found.cost_micro == 2


def test_rejected_rows_are_passed_on() -> None:
    log = replace(columns(rows("u0")), rejected=3)
    assert estimate_sessions(log, 900, Decimal(1), set()).rejected == 3


def random_log(seed: int, spread: int) -> list[Row]:
    chance = random.Random(seed)
    kinds = [*LETTERS.values(), Kind.DEVELOPER_BOT, Kind.USER | DEVELOPER]
    return [
        (
            number,
            chance.randrange(600) * MINUTE + spread * chance.randrange(1000),
            chance.choice(kinds),
            chance.randrange(3),
            chance.randrange(5),
            chance.choice((-1, -1, 0, 1)),
            chance.choice((-1, 0)),
        )
        for number in range(1_500)
    ]


@pytest.mark.parametrize("spread", [1, 1 << 50])
@pytest.mark.parametrize("seed", range(5))
def test_order_repeats_and_groups_never_matter(
    seed: int, spread: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = random_log(seed, spread)
    whole = estimate(log, "voice")
    mixed = log + log[:200]
    random.Random(seed).shuffle(mixed)
    monkeypatch.setattr(module, "_GROUP_ROWS", 40)
    shuffled = estimate(mixed, "voice")
    assert shuffled == replace(whole, duplicates=200)
    assert whole.sessions > 20


def test_sparse_codes_give_the_same_figures() -> None:
    log = random_log(7, 1)
    far = [(*row[:4], row[4] * 3_000_000, *row[5:]) for row in log]
    assert estimate(far) == estimate(log)
