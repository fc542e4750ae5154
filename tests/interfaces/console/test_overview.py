"""The overview: this week, credit, and which bots need somebody."""

import uuid
from datetime import timedelta

import pytest

from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits.grant_credits import grant_credits
from quartermaster.usecases.plans.publish_prices import publish_prices
from tests.books import NOW, open_books, talk
from tests.interfaces.console.visits import at_most, named_rows, read, signed_in, text, tiles
from tests.usecases.credits import history
from tests.usecases.usage.test_meter_units import delivered

pytestmark = pytest.mark.django_db


def test_it_tells_of_this_week_and_all_units() -> None:
    history.publish()
    books = open_books("helpdesk", "bookings")
    books.fund("helpdesk", 300_000)
    books.feed(talk("u0 u20") + delivered("api.requested", 1, 2) + delivered("alert.delivered", 1))
    books.feed(talk("u0", "bookings") + talk("u0", "bookings", start=NOW - timedelta(days=10)))
    html = read(signed_in(books), "/")
    assert tiles(html) == {
        "Billing sessions, 7 days": "3",
        "Credit used, 7 days": "$0.613",
        "Paid credit in wallets": "$0.00",
        "Free credit left": "$499.487",
    }
    assert "+200 % against the 7 days before" in text(html)
    assert named_rows(html)["helpdesk"][1:4] == ["2", "$0.413", "$0.00"]
    assert named_rows(html)["bookings"][1:4] == ["1", "$0.20", "$0.00"]
    assert named_rows(html)["Nov 20"] == ["3", "0", "$0.613"]


def test_bots_that_stopped_come_first_and_are_told() -> None:
    publish_prices(history.PRICES, NOW - timedelta(days=365))
    books = open_books("alpha", "beta", free_micro=0)
    books.fund("alpha", 90_000_000)
    html = read(signed_in(books), "/")
    assert "1 of the bots may not serve new conversations" in text(html)
    assert html.index(">beta<") < html.index(">alpha<")


def test_free_credit_is_told_without_bots_and_without_what_has_expired() -> None:
    books = open_books(free_micro=5_000_000)
    books.fund(None, 2_000_000, NOW + timedelta(microseconds=1))
    early = Grant(books.workspace.id, 40_000_000, uuid.uuid4(), expires_at=NOW)
    grant_credits(early, NOW - timedelta(days=1))
    html = read(signed_in(books), "/")
    assert tiles(html)["Free credit left"] == "$7.00"
    assert "No bots yet" in html


def test_it_takes_few_queries() -> None:
    books = open_books(*(f"bot-{number}" for number in range(40)))
    books.feed(talk("u0 u20", "bot-1"))
    client = signed_in(books)
    with at_most(12):
        html = read(client, "/")
    assert "20 more" in text(html)
