"""What commands make of the clock and of odd times."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.books import Books, open_books, talk
from tests.interfaces.cli.shell import Shell

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("Pacific/Pago_Pago", "2026-01-01T10:59:59Z", "2026-01-01T11:00:00Z"),
        ("America/St_Johns", "2026-01-01T03:29:59Z", "2026-01-01T03:30:00Z"),
        ("Asia/Kathmandu", "2025-12-31T18:14:59Z", "2025-12-31T18:15:00Z"),
        ("Pacific/Chatham", "2025-12-31T10:14:59Z", "2025-12-31T10:15:00Z"),
        ("Pacific/Kiritimati", "2025-12-31T09:59:59Z", "2025-12-31T10:00:00Z"),
    ],
)
def test_this_month_turns_with_the_years_end_where_the_workspace_is(
    shell: Shell, zone: str, last: str, first: str
) -> None:
    books = open_books("helpdesk")
    books.workspace.time_zone = zone
    books.workspace.save()
    before, after = datetime.fromisoformat(last), datetime.fromisoformat(first)
    assert before.astimezone(ZoneInfo(zone)).year == 2025
    for at in (before, after):
        books.feed(talk("u0", start=at, user=at.isoformat()))
    for at, month, until in (
        (before, "2025-12-01", "2026-01-01"),
        (after, "2026-01-01", "2026-01-02"),
    ):
        shell.at = at
        found = shell.json("usage", "--by", "month")
        assert days(found, zone) == (month, until)
        assert [(one["group"], one["quantity"]) for one in found["usage"]] == [(month[:7], 1)]


def days(found: dict[str, str], zone: str) -> tuple[str, str]:
    """The local midnights between which a command has counted."""
    bounds = [datetime.fromisoformat(found[name]).astimezone(ZoneInfo(zone)) for name in BOUNDS]
    assert {f"{one:%H:%M:%S}" for one in bounds} == {"00:00:00"}
    return f"{bounds[0]:%Y-%m-%d}", f"{bounds[1]:%Y-%m-%d}"


BOUNDS = ("start", "end")


@pytest.fixture
def books() -> Books:
    return open_books("helpdesk")


LEAP = "2016-12-31T23:59:60Z"
TIMES = ("2016-12-31T23:59:59.999999Z", LEAP, "2017-01-01T00:00:00Z", "2016-12-31T23:59:60+00:00")


def written(path: Path) -> Path:
    """A file with a message of each of `TIMES`."""
    rows = [f"m{row},{at},helpdesk,ann,inbound\n" for row, at in enumerate(TIMES)]
    path.write_text("id,time,bot,user,direction\n" + "".join(rows))
    return path


def test_a_leap_second_is_rejected_by_name_and_its_neighbours_stand(
    shell: Shell, books: Books, tmp_path: Path
) -> None:
    path = written(tmp_path / "leap.csv")
    done = shell.json("events", "import", path)
    assert (done["accepted"], done["rejected"]) == (2, 2)
    rejected = (tmp_path / "leap.csv.rejected.csv").read_text()
    assert rejected.count("invalid_time") == 2
    assert shell.json("estimate", path)["messages"] == 2


def test_a_clock_that_is_behind_refuses_what_is_ahead_of_it_in_an_import_too(
    shell: Shell, books: Books, tmp_path: Path
) -> None:
    shell.at = datetime(2017, 1, 1, tzinfo=UTC) - timedelta(minutes=5, microseconds=1)
    done = shell.json("events", "import", written(tmp_path / "ahead.csv"))
    assert (done["accepted"], done["rejected"]) == (1, 3)
    shell.at += timedelta(microseconds=1)
    again = shell.json("events", "import", tmp_path / "ahead.csv", "--from-start")
    assert (again["accepted"], again["new_events_metered"]) == (2, 1)
