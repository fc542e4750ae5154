"""What was sent: figures of requests in a time, and what was wrong with them."""

from datetime import timedelta

import pytest

from quartermaster.core.periods import Period
from quartermaster.core.usage.events import Event
from quartermaster.store.metering import requests
from quartermaster.store.metering.requests import EventCounts
from tests.books import NOW, Books, open_books, talk

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
EVER = Period(NOW - 9 * HOUR, NOW + HOUR)


def unknown_bot(name: str) -> Event:
    return Event(name, "message", NOW - 3 * HOUR, "nobody", user="ann", sender="user")


def sent() -> Books:
    """Three requests: new events and one that is wrong, then a repeat, a conflict and two that are
    wrong, and one that waits for the meter."""
    books, other = open_books("helpdesk"), open_books("elsewhere")
    other.feed([*talk("u0 u1", "elsewhere"), unknown_bot("theirs")])
    first = talk("u0 b1")
    books.feed([*first, unknown_bot("a")], NOW - 2 * HOUR)
    first[1].user = "bob"
    nothing = Event("c", "nothing", NOW, "helpdesk")
    books.feed([*first, unknown_bot("b"), nothing], NOW - HOUR)
    books.submit(talk("u9"), NOW)
    return books


def test_what_became_of_events() -> None:
    books = sent()
    of = books.workspace.id
    assert requests.event_counts(of, EVER) == EventCounts(3, 5, 3, 2, 1, 1, 1)
    assert requests.event_counts(of, Period(NOW - HOUR, NOW)) == EventCounts(1, 2, 2, 0, 1, 1, 0)
    assert requests.event_counts(of, Period(NOW, NOW)) == EventCounts(0, 0, 0, 0, 0, 0, 0)


def test_the_latest_requests() -> None:
    books = sent()
    of = books.workspace.id
    found = requests.latest_requests(of, EVER, 10)
    assert [(one.received_at, one.accepted, one.rejected) for one in found] == [
        (NOW, 1, 0),
        (NOW - HOUR, 2, 2),
        (NOW - 2 * HOUR, 2, 1),
    ]
    metered = [(one.stored, one.duplicates, one.conflicts) for one in found]
    assert metered == [(None, None, None), (0, 1, 1), (2, 0, 0)]
    assert requests.latest_requests(of, EVER, 2) == found[:2]
    assert requests.latest_requests(of, Period(EVER.start, NOW), 1) == found[1:2]
    assert len({one.request_id for one in found}) == 3


@pytest.mark.parametrize("window", [timedelta(microseconds=1), timedelta(minutes=7), 2 * HOUR])
def test_the_latest_are_the_same_in_windows_of_any_length(window: timedelta) -> None:
    books = sent()
    of = books.workspace.id
    whole = requests.latest_requests(of, EVER, 10, 99 * HOUR)
    assert len(whole) == 3
    for limit in range(1, 5):
        assert requests.latest_requests(of, EVER, limit, window) == whole[:limit]
    ended = Period(NOW - 2 * HOUR, NOW - HOUR)
    assert requests.latest_requests(of, ended, 10, window) == whole[2:]
    assert requests.latest_requests(of, Period(NOW, NOW), 10, window) == []


def test_the_most_frequent_fault_comes_first() -> None:
    books = sent()
    found = requests.rejection_codes(books.workspace.id, EVER)
    assert [(one.code, one.count) for one in found] == [
        ("unknown_bot", 2),
        ("conflicting_duplicate", 1),
        ("unknown_type", 1),
    ]
    assert (found[0].latest_at, found[0].field) == (NOW - HOUR, "bot")
    assert all(one.reason for one in found)
    before = requests.rejection_codes(books.workspace.id, Period(EVER.start, NOW - HOUR))
    assert [(one.code, one.count) for one in before] == [("unknown_bot", 1)]
