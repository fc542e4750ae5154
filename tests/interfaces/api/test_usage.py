"""Usage and seats."""

from datetime import timedelta
from typing import Any

import pytest

from quartermaster.core.usage.events import Event
from tests.books import NOW, Books, open_books, talk
from tests.interfaces.api.conftest import Caller, assert_problem, caller

NONE = {"billing_sessions": 0, "voice_sessions": 0, "api_sessions": 0}
NONE |= {"alerts": 0, "notifications": 0}


def shift(number: int, agent: str, start: float, hours: float, bot: str = "helpdesk") -> list[Any]:
    """A log-in so many hours ago, and the log-out."""
    at = NOW - timedelta(hours=start)
    named = {"agent": agent, "product": "agent_ai"}
    return [
        Event(f"in-{number}", "agent.logged_in", at, bot, **named),
        Event(f"out-{number}", "agent.logged_out", at + timedelta(hours=hours), bot, **named),
    ]


def test_every_unit_and_both_kinds_of_credit(books: Books, api: Caller) -> None:
    books.fund("helpdesk", 300_000)
    books.feed(talk("u0 u16", start=NOW - timedelta(days=1)))
    books.feed(talk("u0 u16", start=NOW - timedelta(days=7, hours=1), channel="voice"))
    kinds = ("api.requested", "alert.delivered", "notification.delivered")
    plain = enumerate((kinds[0], *kinds[1:2] * 2, *kinds[2:] * 3))
    at = NOW - timedelta(days=1)
    books.feed([Event(f"p{number}", kind, at, "helpdesk", user="ann") for number, kind in plain])
    books.feed(shift(1, "joe", 26, 1))
    found = api.get("/usage", range="7d").json()
    counted = NONE | {"billing_sessions": 2, "api_sessions": 1, "alerts": 2, "notifications": 3}
    credit = {"paid": "0.30", "free": "0.10"}
    assert found["totals"] == {"quantities": counted, "agents": 1, "credits": credit}
    assert found["rows"][5] == {"group": "2026-11-21", **found["totals"]}
    assert [row["group"] for row in found["rows"]] == [f"2026-11-{day}" for day in range(16, 23)]
    assert found["rows"][0]["quantities"] == NONE
    assert found["period"] == {"start": "2026-11-16T00:00:00Z", "end": "2026-11-23T00:00:00Z"}
    assert (found["by"], found["time_zone"], found["currency"]) == ("day", "UTC", "USD")
    before = found["previous"]
    assert before["period"] == {"start": "2026-11-09T00:00:00Z", "end": "2026-11-15T12:00:00Z"}
    assert before["totals"]["quantities"] == NONE | {"billing_sessions": 2, "voice_sessions": 2}
    assert len(before["rows"]) == 7


@pytest.mark.parametrize(
    ("query", "by"),
    [
        ({"range": "24h"}, "hour"),
        ({}, "day"),
        ({"range": "90d"}, "day"),
        ({"from_": "2026-01-01"}, "month"),
    ],
)
def test_a_step_that_suits(api: Caller, query: dict[str, str], by: str) -> None:
    found = api.get("/usage", **query).json()
    assert found["by"] == by
    assert len(found["rows"]) == {"hour": 24, "month": 11}.get(by, len(found["rows"]))


def test_groups_by_name(busy: Books, api: Caller) -> None:
    def groups(by: str, **query: str) -> dict[str, int]:
        rows = api.get("/usage", by=by, **query).json()["rows"]
        return {row["group"]: sum(row["quantities"].values()) for row in rows}

    assert groups("bot") == {"helpdesk": 36, "bookings": 1}
    assert groups("product") == {"automation_ai": 37}
    assert groups("channel", bot="helpdesk") == {"web": 9, "=cmd": 9, "voice": 18}
    assert groups("bot", channel="web") == {"helpdesk": 9}
    assert groups("month", product="search_ai") == {"2026-10": 0, "2026-11": 0}
    assert groups("bot", bot=busy.bots["bookings"].public_id) == {"bookings": 1}


def test_agents_have_no_channel(busy: Books, api: Caller) -> None:
    busy.feed(shift(1, "joe", 5, 1))
    for query in ({"by": "channel"}, {"channel": "web"}):
        found = api.get("/usage", **query).json()
        assert {row["agents"] for row in (found["totals"], *found["rows"])} == {None}
    assert api.get("/usage", product="agent_ai").json()["totals"]["agents"] == 1


def test_days_are_those_of_the_zone(books: Books, api: Caller) -> None:
    books.feed(talk("u0", start=NOW - timedelta(hours=13)))  # 23:00 of the day before in UTC
    for zone, day in (("UTC", "2026-11-21"), ("Europe/Berlin", "2026-11-22")):
        rows = api.get("/usage", range="7d", time_zone=zone).json()["rows"]
        assert [row["group"] for row in rows if row["quantities"]["billing_sessions"]] == [day]
    theirs = caller(open_books("x", zone="Asia/Kolkata"))
    found = theirs.get("/usage", range="7d").json()
    assert (found["time_zone"], found["period"]["start"]) == (
        "Asia/Kolkata",
        "2026-11-15T18:30:00Z",
    )


def test_seats_and_who_held_them(books: Books, api: Caller) -> None:
    books.feed(
        [*shift(1, "joe", 3, 1), *shift(2, "kim", 2.5, 2, "bookings"), *shift(3, "x", 30, 1)]
    )
    found = api.get("/seats", product="agent_ai", range="24h").json()
    peaks = {one["group"]: one["agents"] for one in found.pop("peaks")}
    assert found == {
        "product": "agent_ai",
        "period": {"start": "2026-11-21T13:00:00Z", "end": "2026-11-22T13:00:00Z"},
        "time_zone": "UTC",
        "by": "hour",
        "concurrent": 2,
        "named": 2,
        "peak": 2,
        "peak_start_at": "2026-11-22T09:30:00Z",
        "peak_end_at": "2026-11-22T10:00:00Z",
        "agents": ["joe", "kim"],
    }
    assert peaks == {
        **{f"2026-11-21 {hour}:00": 0 for hour in range(13, 24)},
        **{f"2026-11-22 {hour:02}:00": 0 for hour in range(13)},
        "2026-11-22 09:00": 2,
        "2026-11-22 10:00": 1,
        "2026-11-22 11:00": 1,
    }
    forgiving = api.get("/seats", product="agent_ai", range="24h", tolerance_minutes=30).json()
    assert (forgiving["concurrent"], forgiving["peak"]) == (1, 2)
    days = api.get("/seats", product="agent_ai", from_="2026-11-21", by="day").json()
    assert days["peaks"] == [
        {"group": "2026-11-21", "agents": 1},
        {"group": "2026-11-22", "agents": 2},
    ]


def test_seats_that_nobody_held(api: Caller) -> None:
    found = api.get("/seats").json()
    assert (found["product"], found["named"], found["peak"]) == ("contact_center_ai", 0, 0)
    assert (found["peak_start_at"], found["agents"]) == (None, [])


@pytest.mark.parametrize("path", ["/usage", "/seats", "/bots/helpdesk/wallet", "/free-credits"])
def test_what_is_known_is_not_sent_again(books: Books, api: Caller, path: str) -> None:
    first = api.get(path)
    assert first["Cache-Control"] == "private, no-cache"
    again = api.ask(path, {"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["X-Request-Id"]
    any_of = api.ask(path, {"If-None-Match": f'"other", W/{first["ETag"]}'})
    assert any_of.status_code == 304
    at = NOW - timedelta(hours=1)
    held = {"agent": "joe", "product": "contact_center_ai"}
    books.feed([*talk("u0", start=at), Event("in", "agent.logged_in", at, "helpdesk", **held)])
    changed = api.ask(path, {"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_refusal_is_never_unchanged(api: Caller) -> None:
    first = api.get("/usage", bot="nobody")
    again = api.ask("/usage", {"If-None-Match": first.get("ETag", "*")}, bot="nobody")
    assert_problem(again, 404, "not_found", "bot")


def test_what_came_through_no_channel_has_the_name_it_is_asked_for_by(
    books: Books, api: Caller
) -> None:
    books.feed(talk("u0", channel="web") + talk("u0", user="bob"))
    rows = api.get("/usage", by="channel").json()["rows"]
    assert sorted(row["group"] for row in rows) == ["", "web"]
    for row in rows:
        totals = api.get("/usage", channel=row["group"]).json()["totals"]
        assert totals["quantities"] == row["quantities"]
        assert totals["quantities"]["billing_sessions"] == 1
