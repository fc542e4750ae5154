"""All sessions of a time, some at a time. What they are is compared in `test_list_sessions.py`."""

from datetime import timedelta
from decimal import Decimal

import pytest

from quartermaster.core.periods import Period
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.reports._wanted import Wanted
from quartermaster.usecases.reports.export_sessions import SessionLine, export_sessions
from quartermaster.usecases.reports.list_sessions import list_sessions
from tests.books import NOW, open_books, talk
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
