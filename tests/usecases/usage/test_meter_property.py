"""Random talk, fed in any order, any batches and any number of times, comes to the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.core.usage.events import Event
from quartermaster.usecases.people.create_bot import create_bot
from tests.books import NOW, Books, assert_books_hold, drain, open_books
from tests.usecases.credits import history
from tests.usecases.usage.outcome import START, Outcome, outcome

pytestmark = pytest.mark.django_db

THOROUGH = settings(max_examples=40, deadline=None)
TYPES = {
    "t": "conversation.transferred",
    "r": "conversation.returned",
    "e": "conversation.ended",
    "p": "api.requested",
    "l": "alert.delivered",
    "i": "agent.logged_in",
    "o": "agent.logged_out",
}
SENDERS = {"u": "user", "b": "bot", "a": "agent"}
MINUTES = st.one_of(
    st.integers(0, 8).map(lambda number: 15 * number),
    st.integers(0, 24).map(lambda number: 5 * number),
    st.integers(0, 120),
)
OFFSETS = st.sampled_from([timedelta(microseconds=number) for number in (0, 0, 0, -1, 1)])


@st.composite
def scripts(draw: st.DrawFn, bots: tuple[str, ...] = ("helpdesk", "bookings")) -> list[Event]:
    """Messages, controls and all else, with ties and exact multiples of the block in time."""
    word = st.tuples(
        st.sampled_from("uuuubbbatreeplio"),
        st.builds(lambda minute, off: START + timedelta(minutes=minute) + off, MINUTES, OFFSETS),
        st.sampled_from(bots),
        st.sampled_from([None, None, "c", "d"]),
        st.sampled_from([None, None, "voice", "web"]),
        st.sampled_from(["ann", "ann", "bob"]),
        st.integers(0, 9).map(lambda number: number == 0),
    )
    made = []
    for number, word_drawn in enumerate(draw(st.lists(word, min_size=1, max_size=30))):
        letter, at, bot, conversation, channel, user, is_test = word_drawn
        event = Event(
            f"e{number}",
            TYPES.get(letter, "message"),
            at,
            bot,
            user=user,
            sender=SENDERS.get(letter),
            conversation=conversation,
            channel=channel,
            developer=letter in SENDERS and is_test,
        )
        if letter in "io":
            event = replace(event, agent=user, product="contact_center_ai", device=conversation)
        made.append(event)
    return made


@st.composite
def feedings(draw: st.DrawFn, script: list[Event]) -> list[tuple[list[Event], bool]]:
    """The script in any order, some of it twice, cut into batches: and whether the meter runs
    after each."""
    again = draw(st.lists(st.sampled_from(script), max_size=len(script)))
    rest = draw(st.permutations(script + again))
    batches = []
    while rest:
        size = draw(st.integers(1, 8))
        batches.append((rest[:size], draw(st.booleans())))
        rest = rest[size:]
    return batches


def come_out(books: Books, script: list[Event], batches: list[tuple[list[Event], bool]]) -> Outcome:
    """Feeds it as said."""
    for batch, is_metered in batches or [(script, True)]:
        books.submit(batch)
        if is_metered:
            drain()
            assert_books_hold()
    drain()
    return outcome(books)


def open_two(**credit: int) -> Books:
    """A bot that is patient for 15 minutes and one that is for 5."""
    books = open_books("helpdesk", **credit)
    books.bots["bookings"] = create_bot(books.workspace, "bookings", 5 * 60, NOW)
    return books


@THOROUGH
@given(st.data())
def test_two_bots_with_ample_credit(data: st.DataObject) -> None:
    script = data.draw(scripts())
    batches = data.draw(feedings(script))
    with transaction.atomic():
        history.publish()
        plain, mixed = open_two(), open_two()
        for books in (plain, mixed):
            books.fund("helpdesk", 10**9)
        assert come_out(plain, script, []) == come_out(mixed, script, batches)
        assert [plain.paid(bot) for bot in plain.bots] == [mixed.paid(bot) for bot in mixed.bots]
        assert_books_hold()
        transaction.set_rollback(True)


@THOROUGH
@given(st.data(), st.integers(0, 500_000), st.integers(0, 300_000))
def test_one_bot_that_runs_into_debt(data: st.DataObject, paid: int, free: int) -> None:
    script = data.draw(scripts(("helpdesk",)))
    batches = data.draw(feedings(script))
    with transaction.atomic():
        history.publish()
        plain, mixed = (open_books("helpdesk", free_micro=free) for _ in range(2))
        for books in (plain, mixed):
            if paid:
                books.fund("helpdesk", paid)
        assert come_out(plain, script, []) == come_out(mixed, script, batches)
        spent = sum(outcome(mixed).charged.values())
        assert (mixed.paid(), mixed.free()) == _left(paid, free, spent)
        assert_books_hold()
        transaction.set_rollback(True)


def _left(paid: int, free: int, spent: int) -> tuple[int, int]:
    """Paid credit goes first, then free; what neither covers is debt."""
    from_paid = min(paid, spent)
    from_free = min(free, spent - from_paid)
    return paid - from_paid - (spent - from_paid - from_free), free - from_free


@THOROUGH
@given(st.data())
def test_funds_that_settle_debt_on_the_way(data: st.DataObject) -> None:
    script = data.draw(scripts(("helpdesk",)))
    batches = data.draw(feedings(script))
    with transaction.atomic():
        books = open_books("helpdesk", free_micro=0)
        for batch, _ in batches:
            books.feed(batch)
            assert_books_hold()
            books.fund("helpdesk", data.draw(st.integers(1, 400_000)))
            assert_books_hold()
        granted = sum(lot.granted_micro for lot in books.lots())
        assert books.paid() == granted - sum(outcome(books).charged.values())
        transaction.set_rollback(True)
