"""The archive and imports: who waits for whom, and what is refused."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from quartermaster.core.usage.events import Event, Window
from quartermaster.store.metering import operations as metering
from quartermaster.store.metering.models import Rejection
from quartermaster.store.people import queries as people
from quartermaster.usecases.archive.archive_events import Step
from quartermaster.usecases.ports import ArchivePiece, WrittenFile
from quartermaster.usecases.usage.import_events import Imported, Piece, import_events
from tests.books import LOG, NOW, Books, assert_books_hold, open_books, talk
from tests.fakes.archive import MemoryArchive
from tests.usecases.archive.test_archive_events import (
    EVE,
    OCTOBER,
    books_with,
    left,
    months,
    move,
)

pytestmark = pytest.mark.django_db


def _import(books: Books, *parsed: Event, at: datetime = NOW) -> Imported:
    piece = Piece(books.workspace.id, bytes(32), 0, len(parsed), list(enumerate(parsed)), [])
    bots = people.bot_names(books.workspace)
    return import_events(LOG, piece, Window.around(NOW, 10**16), bots, at)


def test_what_is_older_than_the_archive_is_refused() -> None:
    books = books_with(MemoryArchive())
    [event] = talk("u0", start=EVE)
    books.feed([event])
    move(books)
    last = replace(event, time=OCTOBER - timedelta(microseconds=1))
    done = _import(books, event, last, replace(event, id="new", time=OCTOBER))
    assert [(one.index, one.code, one.field) for one in done.rejected] == [
        (0, "too_old", "time"),
        (1, "too_old", "time"),
    ]
    assert done.accepted == 1
    assert Rejection.objects.filter(code="too_old").count() == 2
    books.feed([])
    assert left(books) == [OCTOBER]
    assert_books_hold(books.archive)


@pytest.mark.parametrize(
    ("days", "is_finished", "steps"),
    [
        (6, False, [Step.IMPORTING]),
        (6, True, [Step.DONE]),
        (7, False, [Step.DONE]),
    ],
)
def test_an_import_that_was_broken_off_is_waited_for_a_week(
    days: int, is_finished: bool, steps: list[Step]
) -> None:
    books, other = books_with(MemoryArchive()), books_with(MemoryArchive())
    for one in (books, other):
        one.feed(talk("u0", start=EVE))
    _import(books, *talk("u9"), at=NOW - timedelta(days=days))
    books.feed([])
    if is_finished:
        metering.finish_import(books.workspace.id, bytes(32), NOW)
    assert move(books) == steps
    assert months(books) == ([("2026-09", 1, 1)] if steps == [Step.DONE] else [])
    assert move(other) == [Step.DONE]


def test_an_import_that_begins_while_a_file_is_written() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u0", start=EVE))

    class Begun(MemoryArchive):
        """While a file is written, another is read."""

        def write(self, name: str, pieces: Iterable[ArchivePiece]) -> WrittenFile:
            file = super().write(name, pieces)
            _import(books, *talk("u9"))
            books.feed([])
            return file

    books.archive = Begun()
    assert move(books) == [Step.IMPORTING]
    assert months(books) == []
