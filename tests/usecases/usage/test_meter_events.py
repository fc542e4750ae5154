"""Events in, sessions and charges out, whatever the order."""

import random
from datetime import datetime

import pytest

from quartermaster.core.money import MICRO
from quartermaster.store.ledger.models import Transfer
from quartermaster.store.metering.models import Conversation, Correction, Event, Rollup, Session
from quartermaster.store.wallets.models import Charge, Pool, Wallet
from tests.books import Books, assert_books_hold, drain, open_books, talk

pytestmark = pytest.mark.django_db


def _sessions(books: Books) -> list[tuple[str, str, datetime]]:
    standing = Session.objects.filter(bot__workspace=books.workspace, withdrawn_by=None)
    return sorted((s.bot.name, s.unit, s.start_at) for s in standing.select_related("bot"))


def _free(books: Books) -> int:
    return Pool.objects.get(workspace=books.workspace).free_micro


@pytest.mark.parametrize(
    ("script", "conversation", "expected"),
    [
        ("u0 b1 u10 u20 b30 u31", None, 3),
        ("u0 b15", None, 1),
        ("u0 u10 u20 u30", None, 2),
        ("b0 u2 b16", None, 1),
        ("b0 b3", None, 0),
        ("u0 t3 a10 a40 r41 b42", "c1", 2),
    ],
)
def test_sessions_are_cut_and_charged(script: str, conversation: str | None, expected: int) -> None:
    books = open_books("helpdesk")
    fields = {"conversation": conversation} if conversation else {}
    books.feed(talk(script, **fields))
    assert len(_sessions(books)) == expected
    assert Charge.objects.count() == Transfer.objects.filter(fact="usage_charged").count()
    assert _free(books) == 500 * MICRO - expected * 200_000


@pytest.mark.parametrize("seed", range(12))
def test_order_batching_and_repeats_never_matter(seed: int) -> None:
    chance = random.Random(seed)
    script = "u0 b1 u10 t12 a20 r27 b28 u31 e33 u34 b45 u59 u75 b90 t100 u112 r130 u131"
    events = talk(script) + talk(script, bot="bookings", conversation="c") + talk("u5 b5 u20 e20")
    plain, shuffled = open_books("helpdesk", "bookings"), open_books("helpdesk", "bookings")
    plain.feed(events)
    mixed = events + chance.sample(events, len(events) // 2)
    chance.shuffle(mixed)
    while mixed:
        size = chance.randint(1, 6)
        shuffled.submit(mixed[:size])
        mixed = mixed[size:]
        if chance.random() < 0.7:
            drain()
    drain()
    assert _sessions(plain) == _sessions(shuffled)
    assert _free(plain) == _free(shuffled)
    for books in (plain, shuffled):
        amounts = Charge.objects.filter(bot__workspace=books.workspace).values_list(
            "amount_micro", flat=True
        )
        assert sum(amounts) == 500 * MICRO - _free(books)
    assert _conversations(plain) == _conversations(shuffled)
    assert_books_hold()


def _conversations(books: Books) -> list[tuple[object, ...]]:
    found = Conversation.objects.filter(thread__bot__workspace=books.workspace)
    return sorted(
        (c.thread.bot.name, c.thread.kind, c.start_at, c.end_at, c.messages, str(c.anchor_at))
        for c in found
    )


def test_a_late_message_recuts_and_shows_before_and_after() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u10 u20 u30"))
    before = _sessions(books)
    books.feed(talk("u4"))
    assert [s[2].minute for s in before] != [s[2].minute for s in _sessions(books)]
    correction = Correction.objects.get()
    assert (correction.before, correction.after) == (2, 2)
    taken_back = Session.objects.filter(withdrawn_by=correction)
    assert taken_back.count() == 2
    assert Session.objects.filter(made_by=correction).count() == 2
    assert sum(Rollup.objects.values_list("quantity", flat=True)) == 2
    assert _free(books) == 500 * MICRO - 400_000
    assert_books_hold()


def test_paid_first_then_free_then_debt() -> None:
    books = open_books("helpdesk", free_micro=100_000)
    books.feed(talk("u0"))
    wallet = Wallet.objects.get(bot=books.bots["helpdesk"])
    assert (wallet.paid_micro, _free(books)) == (-100_000, 0)
    assert Event.objects.count() == 1
    assert_books_hold()
