"""The archive among others who are at work: meters, imports, proofs and other archives."""

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from quartermaster.adapters.event_archive import ParquetArchive
from quartermaster.core.usage.events import Window
from quartermaster.store.metering import archives
from quartermaster.store.metering import operations as metering
from quartermaster.store.metering.models import Archive
from quartermaster.store.metering.models import Event as Stored
from quartermaster.store.people import queries as people
from quartermaster.usecases.archive.archive_events import Step, archive_events
from quartermaster.usecases.ports import ArchivePiece, WrittenFile
from quartermaster.usecases.proof.verify_books import verify_books
from quartermaster.usecases.usage.import_events import Imported, Piece, import_events
from tests.books import LOG, NOW, Books, assert_books_hold, drain, open_books, talk
from tests.fakes.archive import MemoryArchive
from tests.usecases.archive.test_archive_events import EVE, OCTOBER
from tests.usecases.at_once import at_once

pytestmark = pytest.mark.usefixtures("committed")


def run(archive: MemoryArchive | ParquetArchive, books: Books, rows: int = 2) -> list[Step]:
    told = archive_events(archive, books.workspace, None, NOW, rows)
    return [progress.step for progress in told]


def old_books(months: int = 3) -> Books:
    books = open_books("helpdesk")
    for month in range(months):
        start = EVE - timedelta(days=31 * month)
        books.feed(talk("u0 b1 b16 u40 b41", start=start, conversation="c"))
    return books


def test_who_comes_second_leaves_it_to_the_first() -> None:
    books, archive = old_books(), MemoryArchive()
    with archives.alone(books.workspace.id):
        assert at_once(lambda: run(archive, books)) == [[Step.BUSY]]
    assert at_once(lambda: run(archive, books))[0][-1] is Step.DONE


def test_two_at_once_archive_everything_once(tmp_path: Path) -> None:
    books, archive = old_books(), ParquetArchive(tmp_path)
    found = at_once(lambda: run(archive, books), lambda: run(archive, books))
    assert all(isinstance(steps, list) for steps in found), found
    assert sum(steps.count(Step.DONE) for steps in found) == 3
    assert not Stored.objects.exists()
    assert Archive.objects.count() == 3
    assert_books_hold(archive)


class Slow(MemoryArchive):
    """Something happens while a file is written."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self.happens = happens

    def write(self, name: str, pieces: Iterable[ArchivePiece]) -> WrittenFile:
        """Then, elsewhere."""
        file = super().write(name, pieces)
        assert at_once(self.happens) == [None]
        return file


def test_a_meter_goes_on_while_a_file_is_written() -> None:
    books = old_books(1)
    archive = Slow(lambda: books.feed(talk("u0 b1")))
    assert run(archive, books)[-1] is Step.DONE
    assert Stored.objects.count() == 2
    assert_books_hold(archive)


def test_an_import_under_way_is_waited_for() -> None:
    """It holds off the archive from before it looks at events until they are in the log."""
    books, archive = old_books(1), MemoryArchive()
    is_held, may_go = threading.Event(), threading.Event()

    class Full(type(LOG)):  # type: ignore[misc]
        """A log that takes its time."""

        def append(self, submission: object) -> None:
            """Waits to be told."""
            super().append(submission)
            is_held.set()
            assert may_go.wait(10)

    def bring() -> Imported:
        event = talk("u5", start=EVE)[0]
        piece = Piece(books.workspace.id, bytes(32), 0, 1, [(0, event)], [])
        bots = people.bot_names(books.workspace)
        return import_events(Full(), piece, Window.around(NOW, 10**16), bots, NOW)

    def move() -> list[Step]:
        assert is_held.wait(10)
        threading.Timer(0.2, may_go.set).start()
        return run(archive, books)

    imported, steps = at_once(bring, move)
    assert (imported.accepted, steps) == (1, [Step.IMPORTING])
    metering.finish_import(books.workspace.id, bytes(32), NOW)
    assert run(archive, books) == [Step.WAITING]
    assert not Archive.objects.exists()
    drain()
    assert run(archive, books)[-1] is Step.DONE
    assert Archive.objects.get().row_count == 6


def test_a_proof_stands_on_its_snapshot() -> None:
    books, archive = old_books(2), MemoryArchive()
    for number, verdict in enumerate(verify_books(frozenset({"voice"}), archive)):
        if number == 0:
            assert at_once(lambda: run(archive, books))[0][-1] is Step.DONE
        assert verdict.findings == []
    assert_books_hold(archive)


def test_archives_meters_and_imports_all_at_once(tmp_path: Path) -> None:
    """Whatever is imported in the end is metered or refused, and none is behind the archive."""
    books, archive = old_books(), ParquetArchive(tmp_path)
    books.archive = archive
    bots = people.bot_names(books.workspace)
    is_over = threading.Event()
    brought: list[int] = []

    def bring_all(number: int) -> None:
        try:
            bring(number)
        finally:
            brought.append(number)

    def bring(number: int) -> None:
        for first in range(12):
            start = EVE - timedelta(days=10 * first, minutes=number)
            events = talk("u0 b20 u45", start=start, conversation=f"c{first % 3}")
            rows = list(enumerate(events, 3 * first))
            digest = bytes([number]) * 32
            piece = Piece(books.workspace.id, digest, 3 * first, 3 * first + 3, rows, [])
            import_events(LOG, piece, Window.around(NOW, 10**16), bots, NOW)
            metering.finish_import(books.workspace.id, digest, NOW)  # or the archive would wait

    def meter() -> None:
        while not is_over.wait(0.001):
            drain(archive=archive)

    def move() -> None:
        try:
            while len(brought) < 2:
                run(archive, books)
        finally:
            is_over.set()

    acts = (lambda: bring_all(1), lambda: bring_all(2), meter, move)
    assert at_once(*acts) == [None] * 4
    drain(archive=archive)
    run(archive, books)
    until = archives.archived_until(books.workspace.id)
    assert until == OCTOBER
    assert not Stored.objects.filter(at__lt=OCTOBER).exists()
    assert_books_hold(archive)
    connection.close()
