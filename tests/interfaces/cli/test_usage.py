"""`quartermaster usage` and `quartermaster seats`."""

from datetime import timedelta

import pytest

from quartermaster.core.usage.events import Event
from tests.books import NOW, Books, open_books, talk
from tests.interfaces.cli.shell import Shell

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    books = open_books("helpdesk", "bookings", free_micro=400_000)
    books.fund("helpdesk", 1_000_000)
    books.feed(talk("u0 b1 u10 u20 b30 u31"))
    books.feed(talk("u0", "bookings", channel="web"))
    books.feed(talk("u0 b1", start=NOW - timedelta(days=40)))
    return books


def shift(agent: str, start: int, end: int, device: str = "desk") -> list[Event]:
    """A log-in and a log-out, in minutes after noon two days before."""
    noon, named = NOW - timedelta(days=2), {"product": "contact_center_ai", "device": device}
    return [
        Event(
            f"{agent}-{device}-{minute}",
            f"agent.logged_{way}",
            noon + timedelta(minutes=minute),
            "helpdesk",
            agent=agent,
            **named,
        )
        for way, minute in (("in", start), ("out", end))
    ]


def test_this_months_usage_by_bot(shell: Shell, books: Books) -> None:
    found = shell.json("usage")
    assert (found["workspace"], found["by"]) == (books.workspace.public_id, "bot")
    assert (found["start"], found["end"]) == (
        "2026-11-01 00:00:00+00:00",
        "2026-11-23 00:00:00+00:00",
    )
    assert found["usage"] == [
        {
            "group": name,
            "unit": "billing_session",
            "quantity": quantity,
            "paid_micro": paid,
            "free_micro": free,
        }
        for name, quantity, paid, free in (("bookings", 1, 0, 200_000), ("helpdesk", 3, 600_000, 0))
    ]


def test_other_times_and_groupings(shell: Shell, books: Books) -> None:
    span = ("--from", "2026-10-01", "--to", "2026-11-21")

    def groups(by: str) -> list[tuple[str, int]]:
        return [
            (one["group"], one["quantity"])
            for one in shell.json("usage", *span, "--by", by)["usage"]
        ]

    assert groups("month") == [("2026-10", 1), ("2026-11", 4)]
    assert groups("day") == [("2026-10-13", 1), ("2026-11-20", 4)]
    assert sum(count for _, count in groups("hour")) == 5
    assert sorted(groups("channel"))[-1] == ("web", 1)
    assert shell.json("usage", "--from", "2026-11-21", "--to", "2026-11-22")["usage"] == []


def test_usage_as_a_table(shell: Shell, books: Books) -> None:
    lines = [line.split() for line in shell.text("usage").splitlines()]
    assert ["Bot", "Unit", "Quantity", "Paid", "Free"] in lines
    assert ["helpdesk", "billing_session", "3", "$0.60", "$0.00"] in lines
    assert "Nothing was used" in shell.text("usage", "--from", "2026-11-22")


def test_seats(shell: Shell, books: Books) -> None:
    books.feed(shift("kim", 0, 60) + shift("kim", 10, 50, "phone") + shift("lee", 30, 60))
    books.feed(shift("max", 60, 90))
    found = shell.json("seats")
    assert (found["concurrent"], found["named"], found["peak"]) == (2, 3, 2)
    assert found["agents"] == ["kim", "lee"]
    assert found["peak_start"] == "2026-11-20 12:30:00+00:00"
    assert shell.json("seats", "--tolerance", "30")["concurrent"] == 1
    assert shell.json("seats", "--product", "agent_ai")["named"] == 0
    text = shell.text("seats")
    assert "kim, lee" in text
    assert "2026-11-20 12:30:00 to 13:00:00" in text


def test_a_peak_over_midnight_says_on_which_day_it_ends(shell: Shell, books: Books) -> None:
    books.feed(shift("kim", 11 * 60, 13 * 60))
    assert "2026-11-20 23:00:00 to 2026-11-21 01:00:00" in shell.text("seats")


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("usage", "--by", "planet"), "--by"),
        (("usage", "--from", "2026-02-30"), "--from"),
        (("usage", "--from", "2026-11-02", "--to", "2026-11-02"), "--from 2026-11-02"),
        (("usage", "--to", "2026-01-01"), "--to 2026-01-01"),
        (("usage", "--workspace", "nobody"), "no workspace 'nobody'"),
        (("seats", "--product", "search_ai"), "--product"),
        (("seats", "--tolerance", "-1"), "--tolerance"),
        (("seats", "--tolerance", "999999999999999"), "--tolerance"),
        (("seats", "--from", "tomorrow"), "--from"),
    ],
)
def test_a_bad_option_is_named(shell: Shell, words: tuple[str, ...], says: str) -> None:
    assert says in shell.error(*words)


@pytest.mark.parametrize("command", ["usage", "seats"])
def test_the_ends_of_the_calendar(shell: Shell, books: Books, command: str) -> None:
    books.workspace.time_zone = "Pacific/Kiritimati"
    books.workspace.save()
    shell.json(command, "--from", "0002-01-01", "--to", "9998-12-31")
    for way, day in (("--from", "0001-12-31"), ("--to", "9999-01-01")):
        assert f"{way} {day}" in shell.error(command, way, day)
