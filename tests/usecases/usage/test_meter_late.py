"""Whatever comes late, the end is what it would have been at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from quartermaster.core.usage.events import Event
from quartermaster.store.metering.models import Conversation, Correction, Rollup, Session, Thread
from quartermaster.store.wallets.models import Charge
from tests.books import NOW, assert_books_hold, open_books, talk
from tests.usecases.usage.outcome import START, feed_both, minutes, outcome

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("batches", "expected"),
    [
        (["u100 u110", "u0"], [0, 100]),
        (["u100 u110", "u90"], [90, 105]),
        (["u100 u110", "b90"], [100]),
        (["u0 u30", "u15"], [0, 15]),
        (["u0 u40", "b14 b28"], [0, 15, 30]),
        (["u0 u14 u28 u42", "e14"], [0, 28]),
        (["u0 u14 u28", "e0"], [0, 14]),
        (["u0 b5 b10", "t4"], [0]),
        (["u0 b16", "t4"], [0]),
        (["u0 b14 b28", "t1", "r15"], [0, 15]),
        (["u0 b14 b28", "r15", "t1"], [0, 15]),
        (["t0 r10", "u5 b20"], [5]),
        (["t0", "u5 b20"], []),
        (["t0", "r5", "u5 b14"], [5]),
        (["u0", "t20", "u30 b40"], [0]),
        (["u0", "t20", "u30 b40", "r35"], [0, 30]),
        (["u0", "t14", "u30 b40"], [0, 30]),
        (["u0", "u14", "t14"], [0]),
        (["e5", "u0 b10"], [0]),
        (["b0 b10", "u5"], [5]),
        (["b0 b10 b20", "u25", "u0"], [0, 15]),
        (["u0 u10", "u5 u5 u5"], [0]),
        (["u0 u14 b28", "b20 u22", "u40 b21", "b39"], [0, 15, 30]),
        (["u0 b10", "a5 b30", "u20"], [0, 15]),
        (["u0 b10", "u4 u40", "u41 b5"], [0, 40]),
        (["t0 u1 r5 b8", "b6", "b3"], [1]),
        (["a0 a10", "u20", "t0"], []),
        (["u60", "u0", "u30", "u15 u45"], [0, 15, 30, 45]),
        (["u60", "u0", "u30", "u15 u45", "e20 e50"], [0, 30, 60]),
    ],
)
def test_one_thread(batches: list[str], expected: list[float]) -> None:
    scripts = [talk(script) for script in batches]
    assert feed_both(open_books("helpdesk"), open_books("helpdesk"), *scripts) == expected


@pytest.mark.parametrize(
    ("batches", "expected"),
    [
        (["u0 b41", "t3 r40"], [0, 30]),
        (["u0 b41", "r40", "t3"], [0, 30]),
        (["u0 b41", "t3", "r40"], [0, 30]),
        (["t3 r40", "u0 b41"], [0, 30]),
        (["r40", "t3", "b41", "u0"], [0, 30]),
        (["u0 b100 b300", "e50"], [0]),
        (["u0 b100 u200 b300", "e50 e150"], [0, 200, 290]),
        (["e150", "u200 b300 u0 b100", "e50"], [0, 200, 290]),
        (["t0 e1", "u2"], [2]),
        (["u2", "t0 e1"], [2]),
        (["t1", "u2", "e0"], []),
        (["u0 e1", "t2", "u3 r4 b5"], [0, 3]),
        (["u3 b5", "u0 e1", "r4", "t2"], [0, 3]),
    ],
)
def test_one_conversation_with_a_key(batches: list[str], expected: list[float]) -> None:
    scripts = [talk(script, conversation="c") for script in batches]
    assert feed_both(open_books("helpdesk"), open_books("helpdesk"), *scripts) == expected


def test_developers_alone_then_people() -> None:
    tests = [replace(event, developer=True) for event in talk("u0 b1 a2")]
    first, second = open_books("helpdesk"), open_books("helpdesk")
    assert feed_both(first, second, tests, talk("u21"), tests, talk("u5 b10")) == [5, 20]
    assert Conversation.objects.filter(thread__bot=first.bots["helpdesk"]).count() == 1


def test_developers_keep_no_conversation_going() -> None:
    tests = [replace(event, developer=True) for event in talk("u10 b20 u30")]
    first, second = open_books("helpdesk"), open_books("helpdesk")
    assert feed_both(first, second, talk("u0 u31"), tests) == [0, 31]


def test_developers_take_nothing_back_from_a_human_agent() -> None:
    first, second = open_books("helpdesk"), open_books("helpdesk")
    script = talk("u5 t6", conversation="c")
    tests = [replace(event, developer=True) for event in talk("u8 b9", conversation="c")]
    late, after = talk("u0", conversation="c"), talk("b25", conversation="c")
    assert feed_both(first, second, script, tests, late, after) == [0]


def test_a_user_has_a_conversation_in_each_channel() -> None:
    batches = [
        talk("u0 b20", channel="web"),
        talk("u5", channel="voice") + talk("u10"),
        talk("b10", channel="web") + talk("t4", channel="voice"),
        talk("t1", channel="web"),
    ]
    assert feed_both(open_books("helpdesk"), open_books("helpdesk"), *batches) == [0, 10]


def test_a_conversation_with_a_key_may_change_its_channel() -> None:
    first, second = open_books("helpdesk"), open_books("helpdesk")
    batches = [
        talk("b20 u32", conversation="c", channel="web"),
        talk("u0 u16", conversation="c", channel="voice"),
        talk("b0 b31", conversation="c"),
        talk("u0", conversation="c", channel="app"),
    ]
    assert feed_both(first, second, *batches) == [0, 15, 30]
    assert minutes(first, "voice_session") == [0, 15]
    standing = Session.objects.filter(bot__workspace=first.workspace, withdrawn_by=None)
    channels = standing.order_by("unit", "start_at").values_list("channel__name", flat=True)
    assert list(channels) == ["app", "voice", None, "voice", "voice"]


def test_a_conversation_with_a_key_shows_the_first_of_its_users() -> None:
    batches = [
        talk("u0", user="max", conversation="c"),
        talk("b5", user="zoe", conversation="c"),
        talk("u9", user="eve", conversation="c"),
        talk("t3", user="ada", conversation="c"),
    ]
    first, second = open_books("helpdesk"), open_books("helpdesk")
    assert feed_both(first, second, *batches) == [0]
    assert set(Thread.objects.values_list("user", flat=True)) == {"ada"}


def test_voice_counts_human_agents_too() -> None:
    first, second = open_books("helpdesk"), open_books("helpdesk")
    fields = {"conversation": "c", "channel": "voice"}
    batches = [
        talk("u0 t3 a10 a40", **fields),
        talk("r41 b50", **fields),
        talk("a20", **fields),
        talk("b70", conversation="c", channel="web"),
    ]
    assert feed_both(first, second, *batches) == [0, 45, 60]
    assert minutes(first, "voice_session") == [0, 15, 30, 45]


@pytest.mark.parametrize(
    ("late", "sessions"), [(1, 3), (14, 4), (16, 4), (61, 4), (24 * 60 + 1, 4)]
)
def test_an_anchor_moves_over_the_hour_and_the_day(late: int, sessions: int) -> None:
    midnight = START.replace(hour=0)
    first, second = open_books("helpdesk"), open_books("helpdesk")
    on_time = talk("u10 b30 u50", conversation="c", start=midnight)
    early = talk("u0", conversation="c", start=midnight - timedelta(minutes=late))
    feed_both(first, second, on_time, early)
    correction = Correction.objects.get(thread__bot=first.bots["helpdesk"])
    assert (correction.before, correction.after) == (3, sessions)
    standing = Session.objects.filter(bot=first.bots["helpdesk"], withdrawn_by=None)
    slots = Rollup.objects.filter(bot=first.bots["helpdesk"]).exclude(quantity=0)
    assert sum(slots.values_list("quantity", flat=True)) == standing.count() == sessions
    assert {each.start_at.replace(minute=each.start_at.minute // 15 * 15) for each in standing} == {
        each.slot_at for each in slots
    }
    assert first.free() == 500_000_000 - sessions * 200_000


def test_a_session_may_be_taken_back_and_come_again() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u10 b20", conversation="c"))
    plain = outcome(books)
    books.feed(talk("t10", conversation="c"))
    assert minutes(books) == []
    books.feed(talk("r10", conversation="c"))  # by then the transfer is older
    assert minutes(books) == []
    books.feed(talk("r10.5", conversation="c"))
    assert minutes(books) == [10]
    assert outcome(books).sessions == plain.sessions
    assert outcome(books).credit == plain.credit
    signs = Charge.objects.order_by("id").values_list("quantity", flat=True)
    assert list(signs) == [1, -1, 1]
    assert_books_hold()


def test_one_batch_may_bring_late_and_new_messages_of_many_threads() -> None:
    users = [f"user{number}" for number in range(30)]
    first, second = open_books("helpdesk", "bookings"), open_books("helpdesk", "bookings")
    batches = []
    for script in ("u100 b101", "u90 b130 e131", "u0 b10 t10 u200", "b5 r11 b20 u201"):
        batch: list[Event] = []
        for number, user in enumerate(users):
            bot = ("helpdesk", "bookings")[number % 2]
            if number % 3 or "e" in script:
                batch += talk(script, bot, user=user, start=START + timedelta(seconds=number))
        batches.append(batch)
    assert len(feed_both(first, second, *batches)) > 60


def test_the_past_of_years_ago_is_cut_alike() -> None:
    long_ago = NOW.replace(year=1969)
    first, second = open_books("helpdesk"), open_books("helpdesk")
    feed_both(
        first, second, talk("u0 b20", start=long_ago), talk("u-5", start=long_ago), talk("u0")
    )
