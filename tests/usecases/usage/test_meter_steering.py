"""Controls that name a user and no channel go to all that user's threads with the bot."""

import random
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from quartermaster.core.usage import events
from quartermaster.core.usage.events import Event
from quartermaster.store.metering.models import Session
from quartermaster.store.people import queries as people
from quartermaster.usecases.usage.estimate_sessions import EventColumns, estimate_sessions
from tests.books import NOW, Books, assert_books_hold, drain, open_books, talk

pytestmark = pytest.mark.django_db
START = NOW - timedelta(days=3)


def _sessions(books: Books) -> list[tuple[str, float]]:
    standing = Session.objects.filter(bot__workspace=books.workspace, withdrawn_by=None)
    return sorted(
        (one.channel.name if one.channel else "", (one.start_at - START).total_seconds() / 60)
        for one in standing.select_related("channel")
    )


def _story() -> list[Event]:
    """Ann writes on two channels and in a named conversation; Bob is another user."""
    return [
        *talk("u0 b1 a10 a20 b33 u34", channel="web", start=START),
        *talk("u2 b20 u31", channel="sms", start=START),
        *talk("u1 b25 u40", conversation="c1", channel="web", start=START),
        *talk("t3 r32", start=START),
        *talk("u0 u20", user="bob", channel="web", start=START),
    ]


def test_agent_time_is_cut_out_of_every_channel() -> None:
    books = open_books("helpdesk", minutes=60)
    books.feed(_story())
    assert _sessions(books) == [
        *[("sms", 2.0)],
        *[("web", 0.0), ("web", 0.0), ("web", 1.0), ("web", 15.0), ("web", 30.0), ("web", 31.0)],
    ]
    assert_books_hold()


def test_the_end_of_a_conversation_needs_no_channel() -> None:
    books = open_books("helpdesk")
    books.feed([*talk("u0 u14 b20", channel="web", start=START), *talk("e16", start=START)])
    assert _sessions(books) == [("web", 0.0)]
    assert_books_hold()


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_arrival_never_matters(seed: int) -> None:
    chance = random.Random(seed)
    story = _story()
    plain, mixed = open_books("helpdesk", minutes=60), open_books("helpdesk", minutes=60)
    plain.feed(story)
    chance.shuffle(story)
    while story:
        mixed.submit(story[:2])
        story = story[2:]
        if chance.random() < 0.8:
            drain()
    drain()
    assert _sessions(plain) == _sessions(mixed)
    assert_books_hold()


def test_a_user_who_gets_a_name_earlier_in_the_alphabet_is_steered_by_it() -> None:
    books = open_books("helpdesk", minutes=60)
    books.feed(talk("t5", user="abe", start=START))
    books.feed(talk("u0 b10", user="zoe", conversation="c", start=START))
    assert len(_sessions(books)) == 1
    books.feed(talk("b20", user="abe", conversation="c", start=START))
    assert len(_sessions(books)) == 1
    assert_books_hold()


def test_an_estimate_counts_the_same() -> None:
    books = open_books("helpdesk", minutes=60)
    story = _story()
    books.feed(story)
    window = events.Window.around(NOW, 10**17)
    bots = people.bot_names(books.workspace)
    accepted, _ = events.accept(list(enumerate(story)), window, bots)

    def codes(column: list[str | None]) -> tuple[np.ndarray, list[str]]:
        names = sorted({word for word in column if word is not None})
        return np.array([names.index(w) if w else -1 for w in column], np.int32), names

    channel, channels = codes(accepted.channel)
    columns = EventColumns(
        id=np.arange(len(story), dtype=np.uint64),
        time=np.array(accepted.time),
        kind=np.array(accepted.kind, np.uint8),
        bot=np.zeros(len(story), np.int32),
        user=codes(accepted.user)[0],
        conversation=codes(accepted.conversation)[0],
        channel=channel,
        bots=["helpdesk"],
        channels=channels,
        rejected=0,
    )
    estimate = estimate_sessions(columns, 3600, Decimal("0.20"), ["voice"])
    assert estimate.sessions == len(_sessions(books))
