"""Usage trends: filters, the time before, groups, CSV."""

import csv
from datetime import timedelta
from typing import Any

import pytest

from tests.books import NOW, open_books, talk
from tests.interfaces.console.visits import at_most, named_rows, read, signed_in, text, tiles
from tests.usecases.credits import history
from tests.usecases.usage.test_meter_units import delivered

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Any:
    """Signed in to a workspace with two bots, two channels and a week before."""
    history.publish()
    books = open_books("helpdesk", "=bookings")
    books.feed(talk("u0 u20", channel="web") + delivered("api.requested", 1, 2))
    books.feed(talk("u0", "=bookings", channel="whatsapp"))
    books.feed(talk("u0 u20 u40", start=NOW - timedelta(days=9), channel="web"))
    return signed_in(books)


def test_by_day_with_the_time_before(client: Any) -> None:
    html = read(client, "/usage", range="7d")
    assert tiles(html)["Billing sessions"] == "3"
    assert tiles(html)["API sessions"] == "2"
    assert "±0 % against 3" in text(html)
    found = named_rows(html)
    assert found["Nov 20"][:2] == ["3", "3"]
    assert found["Nov 21"][:2] == ["0", "0"]
    assert found["Total"][:2] == ["3", "3"]
    assert len([name for name in found if name.startswith("Nov ")]) == 7


def test_filters_narrow_and_stay(client: Any) -> None:
    html = read(client, "/usage", range="7d", bot="helpdesk", channel="web", by="day")
    assert tiles(html)["Billing sessions"] == "2"
    assert tiles(html)["API sessions"] == "0"
    assert "not known by channel" in text(html)
    assert '<option value="helpdesk" selected>' in html
    assert '<option value="web" selected>' in html


def test_by_bot_and_by_product_and_by_channel(client: Any) -> None:
    assert named_rows(read(client, "/usage", by="bot"))["helpdesk"][0] == "5"
    assert named_rows(read(client, "/usage", by="channel"))["whatsapp"][0] == "1"
    assert named_rows(read(client, "/usage", by="product"))["Automation ai"][0] == "6"


def test_another_figure_can_be_charted(client: Any) -> None:
    html = read(client, "/usage", range="7d", metric="charged_micro")
    assert 'data-value="0.603"> $0.603<' in html
    assert "Credit used by day" in text(html)


def test_wrong_filters_are_said_at_their_fields(client: Any) -> None:
    html = read(client, "/usage", range="custom", **{"from": "2025-01-01", "to": "2026-11-22"})
    assert "days are too many: at most 365" in text(html)
    assert 'value="2025-01-01"' in html
    assert "This is no day" in read(client, "/usage", range="custom", **{"from": "yesterday"})
    assert "Hours can be shown of at most" in text(read(client, "/usage", range="90d", by="hour"))


def test_the_viewer_chooses_the_time_zone(client: Any) -> None:
    html = read(client, "/usage", range="7d", time_zone="Pacific/Kiritimati")
    assert "time zone Pacific/Kiritimati" in text(html)
    assert named_rows(html)["Nov 21"][0] == "3"


def test_csv_has_the_rows_of_the_page(client: Any) -> None:
    response = client.get("/usage.csv", {"by": "bot"})
    found = list(csv.reader(response.content.decode().splitlines()))
    assert found[0][:2] == ["bot", "billing_session"]
    assert {row[0]: row[1] for row in found[1:]} == {"helpdesk": "5", "'=bookings": "1"}
    assert "attachment" in response["Content-Disposition"]


def test_what_came_through_no_channel_is_named_and_can_be_asked_for(client: Any) -> None:
    html = read(client, "/usage", range="7d", by="channel", metric="api_session")
    assert named_rows(html)["(none)"][0] == "2"
    narrowed = read(client, "/usage", range="7d", channel="(none)")
    assert '<option value="(none)" selected>' in narrowed
    assert narrowed.count('value="(none)"') == 1
    assert (tiles(narrowed)["Billing sessions"], tiles(narrowed)["API sessions"]) == ("0", "2")
    csv = client.get("/usage.csv", {"by": "channel"}).content.decode()
    assert {row.split(",")[0] for row in csv.splitlines()} == {
        *("channel", "(none)", "web", "whatsapp")
    }


def test_nothing_used_says_what_to_do() -> None:
    client = signed_in(open_books())
    with at_most(12):
        html = read(client, "/usage", by="bot")
    assert "Nothing was used in this time" in html


def test_months_stand_beside_those_that_are_as_long(client: Any) -> None:
    days = {"range": "custom", "by": "month"}
    year = read(client, "/usage", **days, **{"from": "2025-11-23", "to": "2026-11-22"})
    assert named_rows(year)["Nov 2026"][:2] == ["6", "0"]
    so_far = read(client, "/usage", **days, **{"from": "2026-10-01", "to": "2026-11-22"})
    assert named_rows(so_far)["Nov 2026"][:2] == ["6", "–"]


@pytest.mark.django_db
def test_of_many_bots_those_that_used_most_come_first() -> None:
    names = [f"bot{number:03}" for number in range(103)]
    books = open_books(*names)
    batch = [event for name in names for event in talk("u0", name)]
    books.feed(batch + talk("u60 u120", names[-1]))
    client = signed_in(books)
    first = read(client, "/usage", range="7d", by="bot")
    assert "1 to 40 of 103, those that used most first" in text(first)
    assert next(iter(named_rows(first).items()))[0] == "Bot"
    assert list(named_rows(first))[1] == names[-1]
    assert named_rows(first)["Total"][0] == "105"
    last = read(client, "/usage", range="7d", by="bot", page="3")
    assert "81 to 103 of 103" in text(last)
    assert len(client.get("/usage.csv", {"by": "bot"}).content.splitlines()) == 104
