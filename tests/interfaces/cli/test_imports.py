"""`quartermaster events import`: formats, rejected rows, breaking off, repeats, two at once."""

import csv
import functools
import gzip
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import typer
from django.db import OperationalError
from pyarrow import parquet
from typer.testing import CliRunner

from quartermaster.adapters import event_files
from quartermaster.adapters.event_log.table import EventTable
from quartermaster.interfaces.cli import choices
from quartermaster.interfaces.cli.events import imports
from quartermaster.interfaces.cli.events.rejects import RejectsFile
from quartermaster.store.metering.models import Event, EventBatch, Session
from quartermaster.store.people.models import Bot
from tests.books import Books, assert_books_hold, clock, drain, open_books
from tests.interfaces.cli.shell import Shell
from tests.usecases.at_once import at_once

HEADER = ("id", "time", "bot", "user", "direction")
GOOD = [
    ("1", "2026-10-01T09:00:00Z", "helpdesk", "ann", "inbound"),
    ("2", "2026-10-01T09:01:00Z", "helpdesk", "ann", "outbound"),
    ("3", "2026-10-01T09:20:00+00:00", "helpdesk", "ann", "inbound"),
]
BAD = [
    ("4", "yesterday", "helpdesk", "ann", "inbound"),
    ("5", "2026-10-01T09:00:00Z", "nobody", "ann", "inbound"),
    ("6", "2026-10-01T09:00:00Z", "helpdesk", "ann", "sideways"),
    ("", "2026-10-01T09:00:00Z", "helpdesk", "ann", "inbound"),
    ("7", "2026-10-01T09:00:00Z", "helpdesk", "a\tb", "inbound"),
    ("8", "2027-10-01T09:00:00Z", "helpdesk", "ann", "inbound"),
]
CODES = {"invalid_time": 1, "unknown_bot": 1, "unknown_direction": 1, "missing": 1}
CODES |= {"bad_character": 1, "in_the_future": 1}


@pytest.fixture
def books(db: None) -> Books:
    return open_books("helpdesk")


def written(path: Path, rows: list[tuple[str, ...]]) -> Path:
    """The rows in the format that the path's name asks for."""
    named = [dict(zip(HEADER, row, strict=True)) for row in rows]
    plain = path.with_name(path.name.removesuffix(".gz"))
    if ".parquet" in path.name:
        parquet.write_table(pa.Table.from_pylist(named), plain)
    elif ".csv" in path.name:
        with plain.open("w", newline="") as opened:
            csv.writer(opened).writerows([HEADER, *rows])
    else:
        plain.write_text("\n".join(map(json.dumps, named)))
    if path != plain:
        path.write_bytes(gzip.compress(plain.read_bytes()))
    return path


def rejects(path: Path) -> list[dict[str, str]]:
    with path.with_name(f"{path.name}.rejected.csv").open(newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.parametrize("end", ["csv", "ndjson", "jsonl", "parquet", "csv.gz", "parquet.gz"])
def test_every_format_comes_to_the_same(
    shell: Shell, books: Books, tmp_path: Path, end: str
) -> None:
    path = written(tmp_path / f"log.{end}", GOOD)
    assert shell.json("events", "import", path) == {
        "rows": 3,
        "accepted": 3,
        "rejected": 0,
        "new_events_metered": 3,
        "duplicates": 0,
        "conflicts": 0,
        "codes": {},
    }
    assert Session.objects.count() == 2
    assert books.free() == 500_000_000 - 400_000
    assert not path.with_name(f"{path.name}.rejected.csv").exists()
    assert_books_hold()


@pytest.mark.usefixtures("books")
def test_rejected_rows_are_beside_the_file(shell: Shell, tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", [GOOD[0], *BAD, GOOD[1]])
    path.write_text(path.read_text() + "9,torn\n")
    found = shell.json("events", "import", path)
    assert (found["rows"], found["accepted"], found["rejected"]) == (9, 2, 7)
    assert found["codes"] == CODES | {"wrong_columns": 1}
    kept = rejects(path)
    assert [(one["row"], one["code"], one["field"]) for one in kept] == [
        ("1", "invalid_time", "time"),
        ("2", "unknown_bot", "bot"),
        ("3", "unknown_direction", "direction"),
        ("4", "missing", "id"),
        ("5", "bad_character", "user"),
        ("6", "in_the_future", "time"),
        ("8", "wrong_columns", ""),
    ]
    assert json.loads(kept[0]["text"])["time"] == "yesterday"
    assert kept[6]["text"] == "9,torn"
    assert all(one["reason"] for one in kept)


@pytest.mark.usefixtures("books")
def test_people_are_told_where_the_rejected_rows_are(shell: Shell, tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", [GOOD[0], BAD[1]])
    lines = [line.split() for line in shell.text("events", "import", path).splitlines()]
    assert ["unknown_bot", "1"] in lines
    assert any(
        line[:5] == ["rejected", "rows", "are", "in", f"{path}.rejected.csv"] for line in lines
    )


@pytest.mark.usefixtures("books")
def test_a_nul_in_a_bad_rows_id_stops_nothing(shell: Shell, tmp_path: Path) -> None:
    odd = ("a\0b", "yesterday", "helpdesk", "ann", "inbound")
    path = written(tmp_path / "log.ndjson", [GOOD[0], odd])
    assert shell.json("events", "import", path)["accepted"] == 1


@pytest.mark.usefixtures("books")
def test_the_same_file_twice_adds_nothing(shell: Shell, tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", [*GOOD, BAD[0]])
    shell.text("events", "import", path)
    before = path.with_name("log.csv.rejected.csv").read_text()
    again = shell.json("events", "import", path)
    assert (again["rows"], again["new_events_metered"]) == (0, 0)
    assert path.with_name("log.csv.rejected.csv").read_text() == before
    copy = written(tmp_path / "copy.ndjson", GOOD)
    found = shell.json("events", "import", copy)
    assert (found["accepted"], found["new_events_metered"]) == (3, 0)
    anew = shell.json("events", "import", path, "--from-start")
    assert (anew["accepted"], anew["new_events_metered"], anew["duplicates"]) == (3, 0, 3)
    assert path.with_name("log.csv.rejected.csv").read_text() == before
    assert (Event.objects.count(), Session.objects.count()) == (3, 2)
    assert_books_hold()


def test_bots_are_made_when_asked_for(shell: Shell, books: Books, tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", [*GOOD, BAD[1]])
    found = shell.json("events", "import", path, "--create-bots")
    assert (found["accepted"], found["rejected"]) == (4, 0)
    assert sorted(Bot.objects.values_list("name", flat=True)) == ["helpdesk", "nobody"]


@pytest.mark.usefixtures("books")
def test_the_late_window_may_be_narrowed(shell: Shell, tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", GOOD)
    found = shell.json("events", "import", path, "--late-days", "35")
    assert found["codes"] == {"too_late": 3}


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("missing.csv",), "missing.csv: No such file"),
        (("folder.csv",), "folder.csv: Is a directory"),
        (("log.txt",), "log.txt: must end in one of .csv"),
        (("short.csv",), "short.csv: column 'bot' is missing"),
        (("cut.csv.gz",), "cut.csv.gz: the .gz is cut off"),
        (("blocked.csv",), "blocked.csv.rejected.csv: Is a directory"),
        (("log.csv", "--workspace", "nobody"), "no workspace 'nobody'"),
        (("log.csv", "--late-days", "0"), "--late-days"),
        (("log.csv", "--late-days", "99999999999999"), "--late-days"),
        ((), "'file'"),
    ],
)
def test_a_refusal_names_what_is_wrong_and_imports_nothing(
    shell: Shell, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    written(tmp_path / "log.csv", GOOD)
    (tmp_path / "log.txt").write_text("x")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "short.csv").write_text("id,time\n1,2\n")
    whole = written(tmp_path / "cut.csv.gz", GOOD)
    whole.write_bytes(whole.read_bytes()[:-20])
    written(tmp_path / "blocked.csv", GOOD)
    (tmp_path / "blocked.csv.rejected.csv").mkdir()
    if words:
        words = (str(tmp_path / words[0]), *words[1:])
    assert says in shell.error("events", "import", *words)
    assert not EventBatch.objects.exists()
    assert not (tmp_path / "log.csv.rejected.csv").exists()


def as_nobody(act: Callable[[], str]) -> str:
    """What `act` returns in a process that may write nowhere special."""
    reader, writer = os.pipe()
    if not (child := os.fork()):
        if not os.geteuid():
            os.setuid(65_534)
        os.write(writer, act().encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as opened:
        found = opened.read()
    os.waitpid(child, 0)
    return found


def test_beside_a_file_in_a_locked_folder_nothing_is_put(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(0o555)
    assert as_nobody(lambda: str(RejectsFile.beside(locked / "log.csv"))) == "log.csv.rejected.csv"
    assert RejectsFile.beside(tmp_path / "log.csv") == tmp_path / "log.csv.rejected.csv"


class BrokenOff(Exception):
    """As if the process had been killed."""


def command(read: Callable[..., Any]) -> typer.Typer:
    """The command with another reader."""
    app = typer.Typer()
    imports.register(
        app,
        choices.Shell(clock),
        imports.Importer(read, EventTable(), lambda: sum(one.stored for one in drain())),
    )
    return app


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("pieces", [0, 1, 3])
def test_an_import_that_was_broken_off_goes_on_where_it_was(tmp_path: Path, pieces: int) -> None:
    rows = [GOOD[0], BAD[0], GOOD[1], BAD[1], BAD[2], GOOD[2], BAD[3]]
    path = written(tmp_path / "log.csv", rows)
    two = functools.partial(event_files.read, rows=2)

    def fragile(file: Path, start_row: int = 0) -> Iterator[event_files.Rows]:
        for number, found in enumerate(two(file, start_row=start_row)):
            if number == pieces:
                raise BrokenOff
            yield found

    words = ["events", "import", str(path), "--format", "json"]
    with pytest.raises(BrokenOff):
        CliRunner().invoke(command(fragile), words, catch_exceptions=False)
    done = json.loads(CliRunner().invoke(command(two), words, catch_exceptions=False).stdout)
    assert done["rows"] == len(rows) - 2 * pieces
    assert [one["row"] for one in rejects(path)] == ["1", "3", "4", "6"]
    assert (Event.objects.count(), Session.objects.count()) == (3, 2)
    assert_books_hold()


@pytest.mark.usefixtures("committed")
def test_two_imports_may_make_the_same_bots_at_once(tmp_path: Path) -> None:
    open_books()
    names = [f"bot{number}" for number in range(30)]
    rows = [(name, "2026-10-01T09:00:00Z", name, "ann", "inbound") for name in names]
    one, other = (written(tmp_path / f"{name}.csv", rows) for name in ("one", "other"))
    other.write_text(other.read_text() + "\n")
    app = typer.main.get_command(command(functools.partial(event_files.read, rows=1)))

    def run(path: Path) -> Any:
        words = ["events", "import", str(path), "--create-bots"]
        return app.main(words, standalone_mode=False)

    assert at_once(lambda: run(one), lambda: run(other)) == [None, None]
    assert sorted(Bot.objects.values_list("name", flat=True)) == sorted(names)
    assert Event.objects.count() == 30


@pytest.mark.usefixtures("committed")
def test_two_imports_of_one_file_at_once_share_the_work(tmp_path: Path) -> None:
    open_books("helpdesk")
    good = [
        (f"g{number}", f"2026-10-{1 + number % 28:02}T09:00:00Z", "helpdesk", "ann", "inbound")
        for number in range(60)
    ]
    bad = [(f"b{number}", "yesterday", "helpdesk", "ann", "inbound") for number in range(60)]
    mixed = [row for pair in zip(good, bad, strict=True) for row in pair]
    path = written(tmp_path / "log.csv", mixed)
    app = typer.main.get_command(command(functools.partial(event_files.read, rows=3)))

    def run() -> Any:
        return app.main(["events", "import", str(path)], standalone_mode=False)

    assert at_once(run, run) == [None, None]
    assert Event.objects.count() == 60
    assert sum(EventBatch.objects.values_list("event_count", flat=True)) == 60
    assert sorted(int(one["row"]) for one in rejects(path)) == list(range(1, 120, 2))
    assert_books_hold()


def beside(meter: Callable[[], int], path: Path) -> Any:
    """An import that cannot meter by itself: what `meter` stands for does, at the end."""

    def at_the_end() -> int:
        return meter() if threading.current_thread() is threading.main_thread() else 0

    app = typer.Typer()
    importer = imports.Importer(event_files.read, EventTable(), at_the_end)
    imports.register(app, choices.Shell(clock), importer)
    return CliRunner().invoke(app, ["events", "import", str(path), "--format", "json"])


@pytest.mark.usefixtures("books")
def test_it_waits_for_the_meter_that_has_the_workspace(tmp_path: Path) -> None:
    clash = ("1", "2026-10-01T10:00:00Z", "helpdesk", "ann", "inbound")
    path = written(tmp_path / "log.csv", [*GOOD, GOOD[2], clash])
    calls = iter(range(10))

    def late() -> int:
        if next(calls) == 2:
            drain()
        return 0

    done = beside(late, path)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    figures = tuple(found[name] for name in ("new_events_metered", "duplicates", "conflicts"))
    assert (figures, next(calls)) == ((3, 1, 1), 3)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("fails", [False, True], ids=["metered", "failed"])
def test_what_was_read_is_metered_while_the_file_is_read_on(tmp_path: Path, fails: bool) -> None:
    beside_reading = threading.Event()

    def slowly(path: Path, start_row: int) -> Iterator[Any]:
        yield from event_files.read(path, start_row=start_row)
        assert beside_reading.wait(30)

    def meter() -> int:
        if threading.current_thread() is threading.main_thread():
            return sum(one.stored for one in drain())
        beside_reading.set()
        if fails:
            raise OperationalError("gone away")
        return 0

    app = typer.Typer()
    importer = imports.Importer(slowly, EventTable(), meter)
    imports.register(app, choices.Shell(clock), importer)
    path = written(tmp_path / "log.csv", GOOD)
    done = CliRunner().invoke(app, ["events", "import", str(path), "--format", "json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["new_events_metered"] == 3
    assert ("tried again at the end: gone away" in done.stderr) is fails


@pytest.mark.usefixtures("books")
def test_breaking_off_the_wait_says_that_a_meter_goes_on(tmp_path: Path) -> None:
    def broken_off() -> int:
        raise KeyboardInterrupt

    done = beside(broken_off, written(tmp_path / "log.csv", GOOD))
    assert (done.exit_code, done.stdout) == (130, "")
    assert "a running meter goes on" in done.stderr
    assert EventBatch.objects.filter(done_at=None).count() == 1
