"""Old events move to files; nothing that was made of them changes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from quartermaster.adapters.event_archive import ParquetArchive
from quartermaster.core.errors import InvariantBroken
from quartermaster.core.periods import Period
from quartermaster.core.usage.events import Event
from quartermaster.core.usage.horizon import TooRecent
from quartermaster.store.metering.models import Archive, SeatPeak
from quartermaster.store.metering.models import Event as Stored
from quartermaster.usecases.archive.archive_events import Step, archive_events
from quartermaster.usecases.ports import (
    ArchiveDamaged,
    ArchiveMissing,
    ArchivePiece,
    EventArchive,
    WrittenFile,
)
from quartermaster.usecases.proof.verify_books import verify_books
from quartermaster.usecases.usage.count_seats import count_seats
from quartermaster.usecases.usage.meter_events import WorkspaceFailed
from tests.books import NOW, Books, assert_books_hold, open_books, talk
from tests.fakes.archive import Breaking, MemoryArchive, PowerCut
from tests.usecases.credits import history
from tests.usecases.usage.outcome import outcome

pytestmark = pytest.mark.django_db

OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
"""By `NOW`, everything before it may be archived."""
EVE = OCTOBER - timedelta(hours=1)
PRODUCT = "contact_center_ai"


@pytest.fixture(params=["memory", "parquet"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> EventArchive:
    return MemoryArchive() if request.param == "memory" else ParquetArchive(tmp_path)


def books_with(archive: EventArchive, *bots: str) -> Books:
    books = open_books(*bots or ("helpdesk",))
    books.archive = archive
    return books


def move(books: Books, rows: int = 4, before: datetime | None = None) -> list[Step]:
    """Archives what may be archived; the steps that it tells."""
    assert books.archive is not None
    told = archive_events(books.archive, books.workspace, before, NOW, rows)
    return [progress.step for progress in told]


def months(books: Books) -> list[tuple[str, int, int]]:
    found = Archive.objects.filter(workspace=books.workspace).order_by("start_at")
    return [(f"{one.start_at:%Y-%m}", one.row_count, one.dropped_count) for one in found]


def left(books: Books) -> list[datetime]:
    """The times of the events in the table."""
    mine = Stored.objects.filter(thread__bot__workspace=books.workspace)
    return list(mine.order_by("at").values_list("at", flat=True))


def logged(way: str, at: datetime, agent: str = "kim") -> Event:
    """An agent comes or goes."""
    name = f"{agent} {way} {at}"
    return Event(name, f"agent.logged_{way}", at, "helpdesk", agent=agent, product=PRODUCT)


def test_whole_months_a_file_each_the_oldest_first(archive: EventArchive) -> None:
    books = books_with(archive)
    for start in (EVE, OCTOBER, datetime(2026, 7, 31, 23, 50, tzinfo=UTC)):
        books.feed(talk("u0 b1 u15 b16 u40", start=start))
    books.feed(talk("u0"))
    steps = move(books)
    assert steps == [Step.DONE, Step.DONE, Step.DROPPING, Step.DONE]
    assert months(books) == [("2026-07", 2, 2), ("2026-08", 3, 3), ("2026-09", 5, 5)]
    assert min(left(books)) == OCTOBER
    assert len(left(books)) == 6
    assert_books_hold(archive)
    assert move(books) == []
    paths = [one.path for one in Archive.objects.order_by("start_at")]
    assert paths[0] == f"events/{books.workspace.public_id}/2026-07.parquet"


def test_up_to_a_day_of_ones_own(archive: EventArchive) -> None:
    books = books_with(archive)
    books.feed(talk("u0", start=EVE) + talk("u0", start=EVE - timedelta(days=40)))
    assert move(books, before=EVE) == [Step.DONE]
    assert months(books) == [("2026-08", 1, 1)]
    assert left(books) == [EVE]


def test_what_is_too_recent_stays() -> None:
    with pytest.raises(TooRecent):
        move(books_with(MemoryArchive()), before=NOW)


def test_another_workspaces_events_stay() -> None:
    archive = MemoryArchive()
    books, other = books_with(archive), books_with(archive)
    for one in (books, other):
        one.feed(talk("u0 b20", start=EVE))
    move(books)
    assert (len(left(books)), len(left(other))) == (0, 2)
    assert move(other) == [Step.DONE]
    assert len(archive.files) == 2
    assert_books_hold(archive)


def test_events_that_wait_for_a_meter_are_waited_for() -> None:
    books = books_with(MemoryArchive())
    books.feed(talk("u0", start=EVE))
    books.submit(talk("u1", start=EVE))
    assert move(books) == [Step.WAITING]
    assert (months(books), len(left(books))) == ([], 1)


def test_nothing_more_is_archived_beside_files_that_are_elsewhere(tmp_path: Path) -> None:
    books = books_with(ParquetArchive(tmp_path / "old"))
    books.feed(talk("u0", start=EVE - timedelta(days=40)))
    move(books)
    books.archive = ParquetArchive(tmp_path / "new")
    assert move(books) == []
    books.feed(talk("u0", start=EVE))
    with pytest.raises(ArchiveMissing, match=r"2026-08\.parquet is not in .*new; .*ARCHIVE_FOLDER"):
        move(books)
    assert (months(books), left(books)) == ([("2026-08", 1, 1)], [EVE])
    assert not (tmp_path / "new").exists()
    books.archive = ParquetArchive(tmp_path / "old")
    assert move(books) == [Step.DONE]
    assert_books_hold(books.archive)


class Meanwhile(MemoryArchive):
    """While a file is written, an event comes in."""

    def __init__(self, books: Books, is_metered: bool) -> None:
        super().__init__()
        self.books, self.is_metered = books, is_metered

    def write(self, name: str, pieces: Iterable[ArchivePiece]) -> WrittenFile:
        file = super().write(name, pieces)
        (self.books.feed if self.is_metered else self.books.submit)(talk("u5", start=EVE))
        return file


@pytest.mark.parametrize(("is_metered", "step"), [(True, Step.CHANGED), (False, Step.WAITING)])
def test_events_that_come_while_a_file_is_written(is_metered: bool, step: Step) -> None:
    books = open_books("helpdesk")
    books.feed(talk("u0", start=EVE))
    books.archive = Meanwhile(books, is_metered)
    assert move(books) == [step]
    assert months(books) == []
    books.feed([])
    books.archive = MemoryArchive()
    assert move(books) == [Step.DONE]
    assert months(books) == [("2026-09", 2, 2)]


@pytest.mark.parametrize(
    ("old", "late"),
    [
        ("u0 b20 u50 b70", "u65"),
        ("u0 b20 u50 b90 b95", "b61 t62 r63"),
        ("b0 b20 b50 b90 b95", "u61"),
        ("u0 t50 a59 b70", "r61"),
        ("u0 u50 e55 u80", "u61"),
        ("u0 b59 b120", "e61"),
    ],
)
def test_a_late_event_in_a_conversation_that_reaches_behind(old: str, late: str) -> None:
    archive = MemoryArchive()
    moved, plain = books_with(archive), open_books("helpdesk")
    first = [talk(old, conversation="c", channel="web", start=EVE), talk(old, start=EVE)]
    for books in (moved, plain):
        for batch in first:
            books.feed(batch)
    move(moved, rows=2)
    assert min(left(moved)) >= OCTOBER
    for batch in (talk(late, conversation="c", start=EVE), talk(late, start=EVE)):
        for books in (moved, plain):
            books.feed(batch)
    assert outcome(moved) == outcome(plain)
    assert_books_hold(archive)


def test_late_controls_steer_threads_that_reach_behind(archive: EventArchive) -> None:
    moved, plain = books_with(archive), open_books("helpdesk")
    steps = [
        talk("t10 r40", start=EVE) + talk("u0 b15 b25 u70 b90", conversation="c", start=EVE),
        talk("u0 b40 u70 b130", channel="web", start=EVE),
        talk("t65 r80", start=EVE),
        talk("b100", conversation="c", start=EVE),
        talk("u61", user="ada", conversation="c", start=EVE),
    ]
    for number, batch in enumerate(steps):
        for books in (moved, plain):
            books.feed(batch)
        if number == 1:
            move(moved, rows=3)
        assert outcome(moved) == outcome(plain), number
    assert_books_hold(archive)


def test_agents_who_were_logged_in_before() -> None:
    archive = MemoryArchive()
    moved, plain = books_with(archive), open_books("helpdesk")
    for books in (moved, plain):
        books.feed([logged("in", EVE), logged("in", EVE, "lee"), logged("out", EVE, "lee")])
    move(moved)
    for books in (moved, plain):
        books.feed([logged("in", OCTOBER, "lee"), logged("out", OCTOBER + timedelta(hours=2))])
    assert outcome(moved) == outcome(plain)
    assert SeatPeak.objects.get(hour_at=OCTOBER, bot__workspace=moved.workspace).agents == 2
    day = Period(EVE - timedelta(hours=20), EVE + timedelta(hours=9))
    found = count_seats(moved.workspace.id, PRODUCT, day, archive=archive)
    assert found == count_seats(plain.workspace.id, PRODUCT, day)
    assert (found.concurrent, found.named) == (2, 2)
    assert_books_hold(archive)


def test_a_rich_history_stays_provable(archive: EventArchive) -> None:
    told = history.tell()
    for books in (told.main, told.other, told.contract):
        books.archive = archive
        last = NOW + timedelta(days=60)
        assert list(archive_events(archive, books.workspace, None, last, 5))
        assert not left(books)
    assert_books_hold(archive)


def test_the_archive_is_left_alone_where_it_has_no_part() -> None:
    archive = MemoryArchive()
    books = books_with(archive)
    books.feed(talk("u0 b1", start=EVE))
    move(books)
    books.feed(talk("u0 b20 u70", start=NOW - timedelta(days=1)))
    books.feed(talk("u10", start=NOW - timedelta(days=1)))
    assert archive.asked == 0


def test_who_was_not_told_of_the_archive_does_not_go_on_without_it() -> None:
    books = books_with(MemoryArchive())
    books.feed(talk("u0 b1 b90 b99", conversation="c", start=EVE))
    move(books)
    books.archive = None
    with pytest.raises(WorkspaceFailed) as no:
        books.feed(talk("u70", conversation="c", start=EVE))
    assert isinstance(no.value.__cause__, InvariantBroken)
    with pytest.raises(InvariantBroken):
        assert_books_hold()


def test_an_id_is_forgotten_with_its_event() -> None:
    books = books_with(MemoryArchive())
    [event] = talk("u0", start=EVE)
    books.feed([event])
    move(books)
    books.feed([replace(event, time=NOW)])
    assert left(books) == [NOW]
    assert_books_hold(books.archive)


def _eventful(archive: EventArchive) -> Books:
    books = books_with(archive)
    books.feed(talk("u0 b1 u15 b16 u40 b90", conversation="c", start=EVE))
    books.feed(talk("u0 b20", channel="web", start=EVE - timedelta(days=31)))
    books.feed([logged("in", EVE)])
    return books


STEPS = 16


@pytest.mark.parametrize("last", range(1, STEPS + 2))
def test_the_power_may_be_cut_between_every_two_steps(last: int) -> None:
    """The last time there is no such step any more."""
    archive = MemoryArchive()
    moved, plain = _eventful(archive), _eventful(MemoryArchive())
    moved.archive = Breaking(archive, last)
    try:
        move(moved, rows=2)
        assert last > STEPS
    except PowerCut:
        assert last <= STEPS
        assert_books_hold(archive)
        for books in (moved, plain):
            books.feed(talk("u70", conversation="c", start=EVE))
        assert outcome(moved) == outcome(plain)
    moved.archive = archive
    move(moved, rows=3)
    assert months(moved) == [("2026-08", 2, 2), ("2026-09", 6, 6)]
    assert min(left(moved)) >= OCTOBER
    assert_books_hold(archive)


def test_a_month_is_finished_before_the_next_is_begun() -> None:
    archive = MemoryArchive()
    books = _eventful(archive)
    breaking = Breaking(archive, 5)  # write, piece, written, fault, first keys
    books.archive = breaking
    with pytest.raises(PowerCut):
        move(books, rows=1)
    assert months(books) == [("2026-08", 2, 0)]
    books.archive = archive
    assert move(books, rows=9) == [Step.DROPPING, Step.DONE, Step.DONE]


def spoil(archive: MemoryArchive, how: str) -> str:
    """Damages the only file; its path."""
    [path] = archive.files
    if how == "missing":
        archive.files.pop(path)
    else:
        piece = archive.files[path][0]
        archive.files[path][0] = replace(piece, time=piece.time + 1)
    return path


@pytest.mark.parametrize("how", ["missing", "changed"])
def test_a_damaged_file_is_found_and_nothing_is_said_to_follow_from_it(how: str) -> None:
    archive = MemoryArchive()
    books = books_with(archive)
    books.feed(talk("u0 b1", start=EVE))
    move(books)
    path = spoil(archive, how)
    verdicts = {one.check: one.findings for one in verify_books(frozenset({"voice"}), archive)}
    assert [one.id for one in verdicts.pop("archives_are_whole")] == [path]
    red = {check: findings for check, findings in verdicts.items() if findings}
    assert set(red) == {
        "rollups_match_sessions",
        "sessions_follow_from_events",
        "statements_follow_from_usage",
        "seat_peaks_follow_from_logins",
        "seat_overage_follows_from_logins",
    }
    for findings in red.values():
        assert [(one.id, one.detail) for one in findings] == [
            (path, "cannot be proved without this file")
        ]


@pytest.mark.parametrize("how", ["missing", "changed"])
def test_nothing_is_dropped_that_is_not_in_a_whole_file(how: str) -> None:
    archive = MemoryArchive()
    books = _eventful(archive)
    books.archive = Breaking(archive, 4)  # write, piece, written, fault
    with pytest.raises(PowerCut):
        move(books)
    before = left(books)
    spoil(archive, how)
    books.archive = archive
    with pytest.raises(ArchiveDamaged, match="its events are still in the database"):
        move(books)
    assert left(books) == before


def test_rows_that_are_not_in_the_table_stop_it() -> None:
    archive = MemoryArchive()
    books = _eventful(archive)
    books.archive = Breaking(archive, 4)
    with pytest.raises(PowerCut):
        move(books)
    Stored.objects.filter(pk=Stored.objects.earliest("at").pk).delete()
    books.archive = archive
    before = left(books)
    with pytest.raises(InvariantBroken), transaction.atomic():
        move(books)
    assert left(books) == before
