"""Pieces of a file go in once, whoever reads them."""

import pytest

from quartermaster.core.usage.events import Rejection, Window
from quartermaster.store.metering.models import EventBatch, EventImport
from quartermaster.store.people import queries as people
from quartermaster.usecases.usage.import_events import Imported, Piece, import_events
from tests.books import LOG, NOW, Books, drain, open_books, talk

pytestmark = pytest.mark.django_db
DIGEST = bytes(range(32))


def _import(books: Books, first: int, script: str) -> Imported:
    events = talk(script)
    parsed = [(first + place, event) for place, event in enumerate(events)]
    piece = Piece(books.workspace.id, DIGEST, first, first + len(events), parsed, [])
    bots = people.bot_names(books.workspace)
    return import_events(LOG, piece, Window.around(NOW), bots, NOW)


def test_a_piece_that_was_read_is_passed_over() -> None:
    books = open_books("helpdesk")
    assert _import(books, 0, "u0 b1").accepted == 2
    assert _import(books, 0, "u0 b1") == Imported(0, [], is_repeat=True)
    assert _import(books, 2, "u2").accepted == 1
    progress = EventImport.objects.get(workspace=books.workspace)
    assert (progress.rows_read, progress.accepted_count) == (3, 3)
    assert sum(one.stored for one in drain()) == 3


def test_malformed_and_unfit_rows_are_told_in_order() -> None:
    books = open_books("helpdesk")
    stranger = talk("u0", bot="stranger")[0]
    torn = Rejection(1, None, "wrong_columns", "5 columns, has 3")
    piece = Piece(books.workspace.id, DIGEST, 0, 3, [(2, stranger), (0, talk("u0")[0])], [torn])
    done = import_events(LOG, piece, Window.around(NOW), people.bot_names(books.workspace), NOW)
    assert [(one.index, one.code) for one in done.rejected] == [
        (1, "wrong_columns"),
        (2, "unknown_bot"),
    ]
    assert EventBatch.objects.get(workspace=books.workspace).event_count == 1


def test_a_failure_leaves_no_progress() -> None:
    books = open_books("helpdesk")

    class Full(type(LOG)):
        """A log whose disk is full."""

        def append(self, submission: object) -> None:
            """Takes nothing."""
            raise OSError("no space left on device")

    piece = Piece(books.workspace.id, DIGEST, 0, 1, [(0, talk("u0")[0])], [])
    bots = people.bot_names(books.workspace)
    with pytest.raises(OSError, match="no space"):
        import_events(Full(), piece, Window.around(NOW), bots, NOW)
    assert not EventImport.objects.filter(workspace=books.workspace).exists()
