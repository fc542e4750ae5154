"""All sessions of a time, some at a time. What they are is compared in `test_list_sessions.py`."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from quartermaster.core.periods import Period
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.reports._wanted import Wanted
from quartermaster.usecases.reports.export_sessions import SessionLine, export_sessions
from quartermaster.usecases.reports.list_sessions import list_sessions
from tests.books import NOW, Books, assert_books_hold, open_books, talk
from tests.usecases.credits.history import History

pytestmark = pytest.mark.django_db
EVER = Period(NOW - timedelta(days=60), NOW + timedelta(days=1))


@pytest.mark.parametrize("at_once", [1, 3, 10])
def test_no_more_than_asked_for_come_at_once(told: History, at_once: int) -> None:
    sizes = [
        len(part) for part in export_sessions(Wanted(told.main.workspace, EVER, at_once=at_once))
    ]
    assert max(sizes) <= at_once
    assert min(sizes) > 0
    assert sum(sizes) > 40


def test_a_busy_quarter_of_an_hour_comes_in_parts_too() -> None:
    books = open_books("helpdesk")
    books.feed([each for user in range(25) for each in talk("u0", user=str(user))])
    sizes = [len(part) for part in export_sessions(Wanted(books.workspace, EVER, at_once=10))]
    assert sizes == [10, 10, 5]


def test_a_bot_that_is_not_there_is_refused_at_once(told: History) -> None:
    with pytest.raises(NotFound, match="no bot 'elsewhere'"):
        export_sessions(Wanted(told.main.workspace, EVER, bot="elsewhere"))


def test_nothing_is_no_part() -> None:
    books = open_books("helpdesk")
    assert list(export_sessions(Wanted(books.workspace, EVER))) == []
    assert list(export_sessions(Wanted(open_books().workspace, EVER))) == []


def test_a_line_says_what_the_session_says(told: History) -> None:
    wanted = Wanted(told.main.workspace, EVER)
    lines = [line for part in export_sessions(wanted) for line in part]
    assert lines == [
        SessionLine.of(one, "USD") for one in list_sessions(wanted, None, 999).sessions
    ]
    assert {line.currency for line in lines} == {"USD"}
    for line in lines:
        assert Decimal(line.charge) == Decimal(line.paid) + Decimal(line.free)


def busy() -> Books:
    """Five days with sessions, ten days apart, three users each."""
    books = open_books("helpdesk", "bookings")
    for day in range(5):
        for user in ("ann", "bob", "cy"):
            start = NOW - timedelta(days=50 - 10 * day)
            books.feed(talk("u10 u26", start=start, user=user, conversation=f"{user}-{day}"))
    return books


def recut(books: Books) -> None:
    """Late events give every conversation of three days other sessions, and leave none of a day."""
    for day in range(5):
        for user in ("ann", "bob", "cy"):
            late = {0: "t-1", 1: "u0", 3: "u0 u70"}.get(day)
            if late:
                start = NOW - timedelta(days=50 - 10 * day)
                books.submit(talk(late, start=start, user=user, conversation=f"{user}-{day}"))
    books.feed(talk("u0", start=NOW - timedelta(hours=1)))


def without_conversation(parts: Iterable[list[SessionLine]]) -> list[SessionLine]:
    """Lines but for the bounds of conversations, which are as they are read."""
    nothing = {"conversation_start_at": None, "conversation_end_at": None}
    return [line._replace(**nothing) for part in parts for line in part]


FILTERS = pytest.mark.parametrize("way", [{}, {"user": "ann"}, {"unit": "billing_session"}])


@FILTERS
@pytest.mark.parametrize("size", [1, 2, 4, 7, 1_000])
def test_an_export_is_as_at_its_start(way: dict[str, Any], size: int) -> None:
    books = busy()
    wanted = Wanted(books.workspace, EVER, **way, at_once=size)
    before = without_conversation(export_sessions(wanted))
    begun = export_sessions(wanted)
    first = next(begun)
    recut(books)
    assert without_conversation([first, *begun]) == before
    after = without_conversation(export_sessions(wanted))
    gone = {line.id for line in before} - {line.id for line in after}
    assert len(before) == len(set(before)) == (30 if "user" not in way else 10)
    assert len(gone) > len(before) / 3
    assert len({line.id for line in after} - {line.id for line in before}) > len(before) / 3
    assert_books_hold()
