"""Charged sessions: pages, CSV and NDJSON hold the same, and what /v1/usage says."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from quartermaster.store.metering.models import Session
from tests.books import NOW, Books, open_books, talk
from tests.interfaces.api.conftest import Caller, assert_problem, caller

Lines = list[dict[str, Any]]


def whole(response: Any) -> str:
    assert response.status_code == 200
    return b"".join(response).decode()


def as_ndjson(api: Caller, **query: Any) -> Lines:
    response = api.ask("/sessions", {"Accept": "application/x-ndjson"}, **query)
    return [json.loads(line) for line in whole(response).splitlines()]


def as_csv(api: Caller, **query: Any) -> Lines:
    """Read as a program would that knows how such cells were made harmless."""
    text = whole(api.ask("/sessions", {"Accept": "text/csv"}, **query))
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{name: cell.removeprefix("'") or None for name, cell in row.items()} for row in rows]


def test_pages_have_no_gaps_and_no_repeats(busy: Books, api: Caller) -> None:
    stored = Session.objects.filter(withdrawn_by=None).order_by("-start_at", "-id")
    assert len(stored) == 37
    for limit in (1, 2, 7, 36, 37, 38, 1000):
        found = api.pages("/sessions", "sessions", limit=limit)
        assert [one["id"] for one in found] == [f"ses_{one.id}" for one in stored], limit


QUERIES: tuple[dict[str, str], ...] = (
    {},
    {"range": "24h"},
    {"bot": "helpdesk"},
    {"unit": "billing_session"},
    {"unit": "voice_session"},
    {"channel": "web"},
    {"channel": ""},
    {"channel": "nobody's"},
    {"user": "ann"},
    {"bot": "helpdesk", "user": "+bob", "channel": "=cmd"},
    {"from_": "2026-11-20", "to": "2026-11-21"},
    {"from_": "2026-11-21", "time_zone": "Pacific/Kiritimati"},
)


def test_each_form_holds_the_same(busy: Books, api: Caller) -> None:
    lengths = []
    for query in QUERIES:
        paged = api.pages("/sessions", "sessions", limit=4, **query)
        assert as_ndjson(api, **query) == as_csv(api, **query) == paged, query
        lengths.append(len(paged))
    assert lengths == [37, 1, 36, 28, 9, 9, 1, 0, 13, 3, 18, 10]


def test_they_sum_to_what_usage_says(busy: Books, api: Caller) -> None:
    for zone in ("UTC", "Asia/Kathmandu"):
        span = {"from_": "2026-11-20", "to": "2026-11-21", "time_zone": zone}
        found = as_ndjson(api, **span)
        assert len(found) >= 18
        credit = sum(Decimal(one["paid"]) + Decimal(one["free"]) for one in found)
        assert sum(Decimal(one["charge"]) for one in found) == credit > 0
        for by in ("bot", "channel", "day", "hour"):
            usage = api.get("/usage", **span, by=by).json()
            assert_sums([usage["totals"]], found)
            assert_sums(usage["rows"], found)


def assert_sums(rows: Lines, found: Lines) -> None:
    """Figures and sessions say the same, by unit and by who paid."""
    for unit in ("billing_session", "voice_session"):
        counted = sum(row["quantities"][f"{unit}s"] for row in rows)
        assert counted == sum(one["unit"] == unit for one in found)
    for source in ("paid", "free"):
        moved = sum(Decimal(row["credits"][source]) for row in rows)
        assert moved == sum(Decimal(one[source]) for one in found)


def test_they_sum_to_usage_for_every_filter_alike(busy: Books, api: Caller) -> None:
    for query in ({"bot": "bookings"}, {"channel": "=cmd"}, {"channel": ""}):
        totals = api.get("/usage", **query).json()["totals"]
        found = as_ndjson(api, **query)
        assert len(found) == totals["quantities"]["billing_sessions"] > 0
        credit = totals["credits"]
        assert sum(Decimal(one["charge"]) for one in found) == sum(map(Decimal, credit.values()))


def test_a_session_tells_all_that_an_export_needs(books: Books, api: Caller) -> None:
    books.fund("helpdesk", 300_000)
    books.feed(talk("u0 b1 u17.5", conversation="c-1", channel="web"))
    second, first = api.get("/sessions").json()["sessions"]
    bot = {"bot": books.bots["helpdesk"].public_id, "bot_name": "helpdesk"}
    assert second == {
        **bot,
        "id": second["id"],
        "channel": "web",
        "user": "ann",
        "unit": "billing_session",
        "conversation": "c-1",
        "conversation_start_at": "2026-11-20T12:00:00Z",
        "conversation_end_at": "2026-11-20T12:17:30Z",
        "start_at": "2026-11-20T12:15:00Z",
        "end_at": "2026-11-20T12:30:00Z",
        "charge_id": second["charge_id"],
        "charge": "0.20",
        "paid": "0.10",
        "free": "0.10",
        "currency": "USD",
        "paid_by": "paid and free",
    }
    assert (first["paid_by"], first["paid"], first["free"]) == ("paid", "0.20", "0.00")


def test_what_cost_nothing_was_paid_by_nobody(busy: Books, api: Caller) -> None:
    found = api.get("/sessions", unit="voice_session").json()["sessions"]
    assert {(one["charge_id"], one["charge"], one["paid_by"]) for one in found} == {
        (None, "0.00", "nobody")
    }


def test_cells_are_harmless_in_a_spreadsheet(busy: Books, api: Caller) -> None:
    text = whole(api.ask("/sessions", {"Accept": "text/csv"}))
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r\n")]
    assert {"'=cmd", "'+bob", "'@cy", "'+bob-1"} <= set(cells)
    assert {len(row) for row in rows} == {17}
    assert text.count("\r\n") == len(rows) == 38


def test_an_export_says_what_it_is_called(busy: Books, api: Caller) -> None:
    span = {"from_": "2026-11-02", "to": "2026-11-22"}
    for form, ending in (("text/csv", "csv"), ("application/x-ndjson", "ndjson")):
        response = api.ask("/sessions", {"Accept": form}, **span)
        assert response["Content-Type"] == form
        name = f"sessions-2026-11-02-to-2026-11-22.{ending}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "Accept" in response["Vary"].split(", ")


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/csv;q=0.5, application/x-ndjson", "application/x-ndjson"),
        ("text/html, application/json;q=0.1", "application/json"),
    ],
)
def test_the_form_is_the_clients_choice(
    busy: Books, api: Caller, accept: str | None, form: str
) -> None:
    response = api.ask("/sessions", {} if accept is None else {"Accept": accept})
    assert response["Content-Type"].split(";")[0] == form
    assert "Accept" in response["Vary"].split(", ")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "text/csv;q=0", "nonsense"])
def test_what_is_not_offered_is_refused(api: Caller, accept: str) -> None:
    response = api.ask("/sessions", {"Accept": accept})
    assert_problem(response, 406, "not_acceptable", "Accept")
    assert "text/csv" in response.json()["detail"]


def test_an_export_refuses_before_it_begins(api: Caller) -> None:
    response = api.ask("/sessions", {"Accept": "text/csv"}, bot="nobody")
    assert_problem(response, 404, "not_found", "bot")


def test_an_export_of_nothing_has_a_head(api: Caller) -> None:
    assert whole(api.ask("/sessions", {"Accept": "text/csv"})).startswith("id,bot,bot_name,")
    assert as_csv(api) == as_ndjson(api) == []


def test_another_workspaces_sessions_are_not_there(busy: Books) -> None:
    other = open_books("helpdesk")
    other.feed(talk("u0", start=NOW - timedelta(hours=3)))
    theirs = caller(other)
    [own] = theirs.get("/sessions").json()["sessions"]
    assert own["bot"] == other.bots["helpdesk"].public_id
    assert as_csv(theirs) == as_ndjson(theirs) == [own]


def test_a_cursor_opens_nothing_of_another_workspace(busy: Books, api: Caller) -> None:
    cursor = api.get("/sessions", limit=1).json()["next_cursor"]
    theirs = caller(open_books("helpdesk"))
    assert theirs.get("/sessions", cursor=cursor).json()["sessions"] == []
