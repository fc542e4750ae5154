"""The page of seats."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from quartermaster.core.usage import ranges
from quartermaster.core.usage.events import Event
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from quartermaster.usecases.subscriptions.start_trial import start_trial
from quartermaster.usecases.usage.count_seats import count_seats
from tests.books import NOW, Books, open_books
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
from tests.usecases.shop import ESSENTIAL, catalog_of, plan

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.interfaces.console.urls")]
DAY = datetime(2026, 11, 20, tzinfo=UTC)
PRODUCT = "contact_center_ai"


def stay(agent: str, start: float, hours: float | None, product: str = PRODUCT) -> list[Event]:
    """A log-in so many hours after the day's beginning, and the log-out if there is one."""
    ends = [("in", start)] + ([] if hours is None else [("out", start + hours)])
    return [
        Event(
            f"{agent}-{product}-{start}-{kind}",
            f"agent.logged_{kind}",
            DAY + timedelta(hours=hour),
            "helpdesk",
            agent=agent,
            product=product,
        )
        for kind, hour in ends
    ]


@pytest.fixture
def books() -> Books:
    """Two at once on one day, three by name; a third at once for six minutes."""
    books = open_books("helpdesk")
    shifts = stay("ann", 8, 4) + stay("bob", 9, 1) + stay("cy", 9.5, 0.1) + stay("ann", 33, 1)
    books.feed(shifts + stay("zoe", 8, 1, "agent_ai"))
    return books


def test_the_figures_are_those_of_the_use_case(books: Books) -> None:
    span = ranges.named("7d", NOW, ZoneInfo("UTC"))
    forgiven = timedelta(minutes=10)
    counted = count_seats(books.workspace.id, PRODUCT, span.period, forgiven)
    page = read(signed_in(books), "/seats?range=7d&tolerance=10")
    assert (counted.concurrent, counted.named, counted.peak) == (2, 3, 3)
    assert tiles(page) == {
        "Concurrent seats": "2",
        "Named seats": "3",
        "Most agents at once": "3",
        "Named instead of concurrent": "+1",
    }
    assert "first reached Nov 20, 2026, 09:30:00" in text(page)
    days = [(row[0], row[1]) for row in rows(page, "Most agents at once by day")]
    assert days[3:6] == [("Nov 19", "0"), ("Nov 20", "3"), ("Nov 21", "1")]
    assert len(days) == 7


def test_who_was_on_at_the_peak_is_named(books: Books) -> None:
    page = read(signed_in(books), "/seats")
    who = text(page.partition(">Who was on</h2>")[2].partition("</section>")[0])
    assert who == "Nov 20, 2026, 09:30:00 to Nov 20, 2026, 09:36:00 ann bob cy"


def test_of_many_the_first_fifty_are_named() -> None:
    books = open_books("helpdesk")
    books.feed([event for n in range(53) for event in stay(f"<agent {n:02}>", 8, 1)])
    page = read(signed_in(books), "/seats")
    assert page.count("&lt;agent ") == 50
    assert "and 3 more." in page


def test_who_is_on_still_has_no_end() -> None:
    books = open_books("helpdesk")
    books.feed(stay("ann", 57, None))
    page = text(read(signed_in(books), "/seats?range=24h"))
    assert "Since Nov 22, 2026, 09:00:00 , still on ann" in page


def test_a_product_without_agents_says_what_to_do() -> None:
    books = open_books("helpdesk")
    books.feed(stay("zoe", 8, 1, "agent_ai"))
    client = signed_in(books)
    page = read(client, "/seats")
    assert "Nobody was logged in to Contact Center AI." in page
    assert not tiles(page)
    assert tiles(read(client, "/seats?product=agent_ai"))["Named seats"] == "1"


def test_the_time_before_stands_beside(books: Books) -> None:
    page = read(signed_in(books), "/seats?range=custom&from=2026-11-21&to=2026-11-21")
    hours = {row[0]: row[1:] for row in rows(page, "Most agents at once by hour")}
    assert hours["Nov 21, 09:00"] == ["1", "3"]


def test_wrong_filters_keep_what_was_typed_and_spoil_nothing_else(books: Books) -> None:
    page = read(signed_in(books), "/seats?range=24h&tolerance=-5&product=nothing")
    assert value(page, "tolerance") == "-5"
    assert wrong(page) == [
        "Select a valid choice. nothing is not one of the available choices.",
        "Ensure this value is greater than or equal to 0.",
    ]
    assert "Most agents at once by hour" in page


def test_other_workspaces_are_not_seen(books: Books) -> None:
    page = read(signed_in(open_books("helpdesk")), "/seats")
    assert "Nobody was logged in" in page
    assert "ann" not in text(page)


def test_a_few_queries_do(books: Books) -> None:
    client = signed_in(books)
    with at_most(12):
        client.get("/seats")


def test_seats_that_were_bought(books: Books) -> None:
    client = signed_in(books)
    assert "Seats bought" not in read(client, "/seats")
    trial = {"days": 14, "seats": 5}
    publish_catalog(catalog_of(plan("essential", "60", "600", trial=trial)), NOW)
    start_trial(books.bots["helpdesk"], ESSENTIAL, NOW)
    page = read(client, "/seats")
    assert rows(page, "Seats bought") == [["helpdesk", "named", "5", "0", "5", "refused"]]
    assert "Seats bought" not in read(client, "/seats?product=agent_ai")
