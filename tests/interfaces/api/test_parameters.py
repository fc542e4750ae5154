"""What is wrong in an address is named, parameter by parameter."""

import base64
import zoneinfo
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from quartermaster.interfaces.api import questions
from quartermaster.interfaces.api.questions import Ranged
from tests.books import NOW, Books
from tests.interfaces.api.conftest import Caller, assert_problem

RANGED = ("/usage", "/seats", "/sessions")
PAGED = ("/sessions", "/transfers")
NAMED = ("/usage", "/sessions", "/transfers")
BAD_DAYS = ("", "today", "2026-02-30", "2026-2-3", "20260203", "0", "1760000000", "2026-W01-1")
BAD_DAYS += ("2026-02-03T00:00:00", "2026-02-03T00:00:00Z", " 2026-02-03", "２０２６-02-03")
BAD_ZONES = ("", "x", "Mars/Phobos", "europe/berlin", "Europe", "../UTC", "/etc/localtime")
BAD_ZONES += ("localtime", "posix/UTC", "right/UTC", "UTC\0", "x" * 201, "UTC'")
PLAIN_CURSORS = (
    "1",
    "1.0",
    "1.-1",
    f"1.{2**63}",
    "1.1.1",
    "a.1",
    "1.5e3",
    f"{3 * 10**17}.1",
    f"{10**30}.1",
)
BAD_CURSORS = ("", "x", "é", "a" * 201, "=", "MQ==MQ")
BAD_CURSORS += tuple(base64.urlsafe_b64encode(text.encode()).decode() for text in PLAIN_CURSORS)
BAD: tuple[tuple[tuple[str, ...], str, tuple[Any, ...], str], ...] = (
    (RANGED, "range", ("", "1d", "24H", "30"), "invalid"),
    (RANGED, "from", BAD_DAYS, "invalid"),
    (RANGED, "to", BAD_DAYS, "invalid"),
    (RANGED, "from", ("0001-01-01", "0999-12-31", "9999-12-31", "2026-11-23"), "to"),
    (RANGED, "from", ("2025-11-22", "2020-01-01"), "range_refused"),
    (RANGED, "to", ("2026-11-01",), "from"),
    (RANGED, "time_zone", BAD_ZONES, ""),
    (PAGED, "limit", ("", "0", "-1", "1001", "1.5", "many", str(10**30)), "invalid"),
    (PAGED, "cursor", BAD_CURSORS, ""),
    (NAMED, "bot", ("nobody", "bot_1", "x" * 200), "not_found"),
    (NAMED, "bot", ("", "x" * 201, "a\0b"), "invalid"),
    (("/usage", "/sessions"), "channel", ("x" * 201, "a\0"), "invalid"),
    (("/sessions",), "user", ("", "x" * 201, "\0"), "invalid"),
    (("/sessions",), "unit", ("", "alert", "sessions"), "invalid"),
    (("/usage",), "by", ("", "week", "unit", "Bot"), "invalid"),
    (("/usage",), "product", ("", "crm_ai"), "invalid"),
    (("/seats",), "by", ("", "bot", "channel"), "invalid"),
    (("/seats",), "product", ("", "automation_ai"), "invalid"),
    (("/seats",), "tolerance_minutes", ("", "-1", "44641", "0.5", "x"), "invalid"),
    (("/transfers",), "fact", ("", "refunded", "USAGE_CHARGED"), "invalid"),
)


@pytest.mark.parametrize(
    ("paths", "name", "values", "code"),
    BAD,
    ids=[f"{one[1]}-{place}" for place, one in enumerate(BAD)],
)
def test_a_bad_value_is_named(
    api: Caller, paths: tuple[str, ...], name: str, values: tuple[str, ...], code: str
) -> None:
    for path in paths:
        for value in values:
            response = api.get(path, **{name: value})
            found = response.json()
            assert response.status_code == (404 if code == "not_found" else 422), (path, value)
            field = code if code in ("from", "to") else name
            assert found["field"] == field, (path, value, found)
            if code not in ("", "from", "to"):
                assert found["code"] == code, (path, value, found)


def test_hours_of_a_long_time_are_refused(api: Caller) -> None:
    for path in ("/usage", "/seats"):
        response = api.get(path, by="hour", range="90d")
        assert_problem(response, 422, "range_refused", "by")


def test_a_range_and_days_are_one_too_many(api: Caller) -> None:
    for path in RANGED:
        response = api.get(path, range="7d", from_="2026-11-01")
        assert_problem(response, 422, "range_refused", "range")


def test_the_words_say_what_is_allowed(api: Caller) -> None:
    for query, words in (
        ({"from_": "x"}, "it is no day such as 2026-11-22"),
        ({"range": "x"}, "Input should be '24h', '7d', '30d' or '90d'"),
        ({"time_zone": "x"}, "no time zone 'x'"),
    ):
        assert api.get("/usage", **query).json()["detail"] == words


def test_what_nobody_knows_is_ignored(api: Caller) -> None:
    assert api.get("/usage", colour="blue").json() == api.get("/usage").json()


def test_the_longest_time_and_every_end_of_it(busy: Books, api: Caller) -> None:
    for path in RANGED:
        assert api.get(path, from_="2025-11-23").status_code == 200
        assert api.get(path, from_="1000-01-01", to="1000-12-31").status_code == 200
        assert api.get(path, from_="8999-12-31", to="9000-01-01").status_code == 200


def test_every_zone_is_one_that_the_database_knows(db: None) -> None:
    names = sorted(questions.zone_names())
    assert {"UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"} <= set(names)
    assert set(names) <= zoneinfo.available_timezones()
    with connection.cursor() as cursor:
        cursor.execute(
            "select name from unnest(%s::text[]) name where"
            " (timestamptz '2026-11-22 12:00Z' at time zone name) is null",
            [names],
        )
        assert cursor.fetchall() == []


def test_the_time_before_moves_on_by_the_quarter_of_an_hour(books: Books) -> None:
    for name in ("24h", "7d"):
        asked = Ranged.model_validate({"range": name})
        spans = [
            asked.span(books.workspace, NOW + timedelta(seconds=seconds))
            for seconds in (0, 1, 899.999, 900)
        ]
        assert spans[0] == spans[1] == spans[2] != spans[3]
        assert spans[3].previous.end - spans[0].previous.end == timedelta(minutes=15)


def test_today_is_today_until_it_ends(books: Books) -> None:
    late = NOW.replace(hour=23, minute=59, second=59)
    asked = [Ranged.model_validate({"range": name}) for name in ("24h", "30d")]
    spans = [one.span(books.workspace, late) for one in asked]
    assert {span.period.end for span in spans} == {late + timedelta(seconds=1)}
