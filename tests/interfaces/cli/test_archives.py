"""`quartermaster events archive`, and what other commands make of archived events."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quartermaster.store.metering import archives
from quartermaster.store.metering.models import Event, EventImport
from quartermaster.store.people.models import Workspace
from tests.books import NOW, Books, open_books, talk
from tests.interfaces.cli.shell import Shell

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files of the shell's archive are."""
    monkeypatch.setenv("QUARTERMASTER_ARCHIVE_FOLDER", str(tmp_path / "archive"))
    return tmp_path / "archive"


@pytest.fixture
def books(folder: Path) -> Books:
    books = open_books("helpdesk")
    for days in (2, 60, 90):
        books.feed(talk("u0 b1 b16", start=NOW - timedelta(days=days), channel="web"))
    return books


@pytest.fixture
def shell(folder: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Built again, with its archive in the folder."""
    return Shell(monkeypatch)


def test_all_that_may_be(shell: Shell, books: Books, folder: Path) -> None:
    sessions = [
        one["id"] for one in shell.json("session", "list", "--from", "2026-08-01")["sessions"]
    ]
    before = [shell.text("session", "show", number) for number in sessions]
    lines = shell.text("events", "archive").splitlines()
    assert lines[0] == "Events from before 2026-10-01 (UTC)"
    table = [line.split() for line in lines if "parquet" in line]
    assert [row[1:3] for row in table] == [["2026-08", "3"], ["2026-09", "3"]]
    for row in table:
        assert (folder / row[3]).is_file()
    assert Event.objects.count() == 3
    assert len(before) == 6
    assert [shell.text("session", "show", number) for number in sessions] == before
    assert "FAILS" not in shell.text("verify")
    assert "nothing to archive" in shell.text("events", "archive")


def test_a_part_for_programs(shell: Shell, books: Books) -> None:
    name = books.workspace.public_id
    assert shell.json("events", "archive", "-w", name, "--older-than", "75") == {
        "before": "2026-09-01 00:00:00+00:00",
        "months": [
            {
                "workspace": name,
                "month": "2026-08",
                "step": "archived",
                "events": 3,
                "path": f"events/{name}/2026-08.parquet",
            }
        ],
    }
    found = shell.json("events", "archive", "--before", "2026-09-30")
    assert (found["before"][:10], found["months"]) == ("2026-09-01", [])
    found = shell.json("events", "archive", "--before", "2026-10-01")
    assert [one["month"] for one in found["months"]] == ["2026-09"]


def test_what_is_refused(shell: Shell, books: Books) -> None:
    said = shell.error("events", "archive", "--before", "2026-11-01")
    assert "events from before 2026-10-01 may be archived now" in said
    assert "too_recent" in said
    assert "--older-than" in shell.error("events", "archive", "--older-than", "35")
    both = ("--before", "2026-09-01", "--older-than", "60")
    assert "not both" in shell.error("events", "archive", *both)
    assert "no workspace" in shell.error("events", "archive", "-w", "nobody")
    assert Event.objects.count() == 9


def test_what_has_to_wait(shell: Shell, books: Books) -> None:
    books.submit(talk("u0"))
    assert "wait for a meter" in shell.text("events", "archive")
    with archives.alone(books.workspace.id):
        pass
    assert shell.json("events", "archive")["months"] == [
        {
            "workspace": books.workspace.public_id,
            "month": "2026-08",
            "step": "waiting",
            "events": 0,
            "path": None,
        }
    ]


def test_imports_are_told(shell: Shell, books: Books, tmp_path: Path) -> None:
    shell.text("events", "archive")
    path = tmp_path / "late.csv"
    path.write_text(
        "id,time,bot,user,direction\n"
        "1,2026-09-30T23:59:59Z,helpdesk,ann,inbound\n"
        "2,2026-10-01T00:00:00Z,helpdesk,ann,inbound\n"
    )
    found = shell.json("events", "import", path)
    assert (found["accepted"], found["codes"]) == (1, {"too_old": 1})


LATE = "id,time,bot,user,direction\n1,2026-10-02T00:10:00Z,helpdesk,ann,inbound\n"


def test_an_import_that_was_broken_off_comes_first(
    shell: Shell, books: Books, tmp_path: Path
) -> None:
    path = tmp_path / "old.csv"
    path.write_text(LATE)
    shell.text("events", "import", path)
    assert EventImport.objects.get().finished_at == shell.at
    EventImport.objects.update(finished_at=None)  # as if it had been killed before the end
    lines = shell.text("events", "archive").splitlines()
    [line] = [line for line in lines if books.workspace.name in line]
    assert "an import goes on or was broken off: run the import again" in line
    shell.text("events", "import", path)
    assert shell.text("events", "archive").count(".parquet") == 2


def test_the_month_is_told_on_a_narrow_terminal(shell: Shell, books: Books) -> None:
    Workspace.objects.update(name="a workspace with a name that is longer than many a line is wide")
    EventImport.objects.create(workspace=books.workspace, digest=b"1", read_at=shell.at)
    waiting = shell.text("events", "archive", columns=80).splitlines()
    EventImport.objects.all().delete()
    for lines, months in ((waiting, 1), (shell.text("events", "archive").splitlines(), 2)):
        assert lines[2].split() == ["Workspace", "Month", "Events", "File"]
        named = [line.split() for line in lines if "2026-" in line]
        assert [row[0] for row in named[1:]] == ["a"] * months
    assert max(map(len, waiting)) <= 80
    assert "2026-08" in waiting[4]
    assert "then this" in waiting[-2] or "then this" in waiting[-3]


def test_a_folder_that_was_set_for_one_and_not_for_the_other(
    shell: Shell, books: Books, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.text("events", "archive", "--before", "2026-09-01")
    monkeypatch.setenv("QUARTERMASTER_ARCHIVE_FOLDER", str(folder.with_name("elsewhere")))
    said = Shell(monkeypatch).error("events", "archive")
    assert "QUARTERMASTER_ARCHIVE_FOLDER" in said
    assert "archive_missing" in said
    assert shell.text("events", "archive").count(".parquet") == 1


def test_a_folder_that_cannot_be_made(shell: Shell, books: Books, folder: Path) -> None:
    folder.write_text("in the way")
    said = shell.error("events", "archive")
    assert said.count("\n") == 1
    assert "archive_not_written" in said
    assert Event.objects.count() == 9


def test_an_import_that_needs_a_damaged_file_says_so_in_a_line(
    shell: Shell, books: Books, folder: Path, tmp_path: Path
) -> None:
    books.feed(talk("u0 b90", start=datetime(2026, 9, 30, 23, tzinfo=UTC)))
    shell.text("events", "archive")
    path = next(folder.rglob("2026-09.parquet"))
    path.rename(tmp_path / "aside")
    late = tmp_path / "late.csv"
    late.write_text(LATE.replace("10-02", "10-01"))
    said = shell.error("events", "import", late)
    assert said.count("\n") == 1
    assert "2026-09.parquet cannot be read" in said
    assert "(archive_damaged)" in said
    (tmp_path / "aside").rename(path)
    shell.text("events", "import", late)
    assert Event.objects.filter(at="2026-10-01T00:10:00Z").exists()


def test_a_damaged_file_makes_the_proof_fail(shell: Shell, books: Books, folder: Path) -> None:
    shell.text("events", "archive")
    path = next(folder.rglob("2026-08.parquet"))
    path.write_bytes(path.read_bytes()[:-1])
    done = shell.run("verify")
    assert done.exit_code == 1
    assert "FAILS  archives are whole\n       events/ws_" in done.stdout
    assert "2026-08.parquet: its SHA-256 is" in done.stdout
    assert "FAILS  sessions follow from events" in done.stdout
    number = shell.json("session", "list", "--from", "2026-08-01")["sessions"][0]["id"]
    assert "archive_damaged" in shell.error("session", "show", number)


def test_a_session_for_people_and_programs(shell: Shell, books: Books) -> None:
    found = shell.json("session", "list", "--bot", "helpdesk", "--limit", "1")["sessions"]
    assert [(one["bot"], one["user"], one["channel"]) for one in found] == [
        ("helpdesk", "ann", "web")
    ]
    number = found[0]["id"]
    assert str(number) in shell.text("session", "list")
    explained = shell.json("session", "show", number)
    assert explained["session"]["id"] == number
    assert [one["sender"] for one in explained["messages"]] == ["user", "bot"]
    assert explained["charges"][0]["amount_micro"] == 200_000
    text = shell.text("session", "show", number)
    assert "$0.20: 1 at 0.20 since" in text
    assert "$0.20 free" in text
    assert text.count("message ") >= 2
    assert "not_found" in shell.error("session", "show", 10**9)
    assert "not_found" in shell.error("session", "list", "--bot", "nobody")
    assert json.dumps(explained)
