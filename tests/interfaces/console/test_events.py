"""The page of events."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from quartermaster.core.periods import Period
from quartermaster.core.usage.events import Event
from quartermaster.interfaces.console import remedies
from quartermaster.store.metering import requests
from tests.books import NOW, Books, drain, open_books, talk
from tests.interfaces.console.visits import (
    at_most,
    read,
    rows,
    signed_in,
    text,
    tiles,
    value,
    wrong,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.interfaces.console.urls")]
DAY = timedelta(days=1)


def strange(count: int, name: str = "x") -> list[Event]:
    """Messages for a bot that is not there."""
    return [Event(f"{name}{n}", "message", NOW, "nobody", "ann", "user") for n in range(count)]


@pytest.fixture
def books() -> Books:
    """Two stored, one of them sent again, one conflict, three refused, two that wait."""
    books = open_books("helpdesk")
    first = talk("u0 u1")
    books.feed([*first, *strange(2)])
    books.feed([first[0], Event(first[1].id, "message", NOW, "helpdesk", "bob", "user")])
    books.feed([Event("far", "message", NOW + DAY, "helpdesk", "ann", "user")])
    books.submit(talk("u5 u6"))
    return books


def test_the_figures_are_those_of_the_store(books: Books) -> None:
    counts = requests.event_counts(books.workspace.id, Period(NOW - DAY, NOW + DAY))
    found = tiles(read(signed_in(books), "/events"))
    assert found == {
        "Accepted": str(counts.accepted),
        "Stored": str(counts.stored),
        "Duplicates": str(counts.duplicates),
        "Conflicts": str(counts.conflicts),
        "Waiting": str(counts.waiting),
        "Rejected": str(counts.rejected),
    }
    assert list(found.values()) == ["6", "2", "1", "1", "2", "3"]


def test_each_code_says_what_to_do(books: Books) -> None:
    found = rows(read(signed_in(books), "/events"), "What to mend")
    assert [row[:3] for row in found] == [
        ["unknown_bot", "2", remedies.OF["unknown_bot"]],
        ["conflicting_duplicate", "1", remedies.OF["conflicting_duplicate"]],
        ["in_the_future", "1", remedies.OF["in_the_future"]],
    ]
    assert found[0][3] == "bot : no bot 'nobody' in this workspace"


def test_every_code_of_events_and_rows_has_a_remedy() -> None:
    errors = Path(__file__).parents[3] / "docs/reference/errors.md"
    parts = re.split(r"^## (.+)$", errors.read_text(), flags=re.M)
    chapters = dict(zip(parts[1::2], parts[2::2], strict=True))
    told = chapters["Events"] + chapters["Rows of files"]
    assert {*re.findall(r"^### (\w+)$", told, re.M), "malformed_json"} == set(remedies.OF)


def test_the_latest_requests_stand_with_their_figures(books: Books) -> None:
    found = rows(read(signed_in(books), "/events"), "Latest requests")
    assert [row[2:] for row in found] == [
        ["2", "waits for the meter", "0"],
        ["0", "0", "0", "0", "1"],
        ["2", "0", "1", "1", "0"],
        ["2", "2", "0", "0", "2"],
    ]


def test_what_waits_is_told_until_it_is_metered(books: Books) -> None:
    client = signed_in(books)
    assert "2 events wait for the meter" in read(client, "/events")
    early = "/events?range=custom&from=2026-11-01&to=2026-11-02"
    assert "Events of another time wait for the meter" in read(client, early)
    drain()
    assert "All is metered" in read(client, "/events")
    assert "All is metered" in read(client, early)


def test_rejections_are_read_page_by_page() -> None:
    books = open_books("helpdesk")
    books.feed(strange(23))
    client = signed_in(books)
    names, address = [], "/events"
    while True:
        page = read(client, address)
        names += [row[0] for row in rows(page, "Rejected events")]
        older = re.search(r'href="(\S*)#rejections">Older ones', page)
        if older is None:
            break
        address = "/events" + older[1].replace("&amp;", "&")
    assert names == [f"x{n}" for n in reversed(range(23))]
    assert "To the latest" in page
    assert "To the latest" not in read(client, "/events")


@pytest.mark.parametrize("before", ["x", "-1", "0", str(2**63), "1" * 50])
def test_a_cursor_that_is_none_begins_with_the_latest(books: Books, before: str) -> None:
    found = rows(read(signed_in(books), f"/events?before={before}"), "Rejected events")
    assert found[0][0] == "far"


def test_names_from_outside_are_only_text() -> None:
    books = open_books("helpdesk")
    books.feed([Event("<b>id</b>", "message", NOW, "<script>", "ann", "user")])
    page = read(signed_in(books), "/events")
    assert "<b>id" not in page
    assert "<script>'" not in page


def test_nothing_has_come_yet() -> None:
    page = text(read(signed_in(open_books("helpdesk")), "/events"))
    assert "No events came in this time." in page
    assert "All is metered" in page
    assert "Rejected events" not in page


def test_other_workspaces_are_not_seen(books: Books) -> None:
    found = read(signed_in(open_books("helpdesk")), "/events")
    assert set(tiles(found).values()) == {"0"}
    assert "nobody" not in found
    assert "All is metered" in found


def test_a_few_queries_do(books: Books) -> None:
    client = signed_in(books)
    with at_most(12):
        client.get("/events")


def test_wrong_filters_keep_what_was_typed() -> None:
    typed = {"from": "2025-01-01", "to": "2026-11-20"}
    page = read(signed_in(open_books("helpdesk")), "/events", range="custom", **typed)
    assert [value(page, name) for name in typed] == list(typed.values())
    assert wrong(page) == ["689 days are too many: at most 365 can be shown at once."]
