"""Exports beside a meter."""

import threading

import pytest
from django.db import transaction

from quartermaster.usecases.reports._wanted import Wanted
from quartermaster.usecases.reports.export_sessions import SessionLine, export_sessions
from tests.books import open_books, talk
from tests.usecases.at_once import at_once
from tests.usecases.reports.test_export_sessions import EVER, busy, recut, without_conversation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("committed")]


def test_what_is_metered_while_it_begins_is_no_part_of_it() -> None:
    """Another workspace's sessions, made meanwhile, have higher ids than those still open."""
    books, other = busy(), open_books("elsewhere")
    wanted = Wanted(books.workspace, EVER, at_once=4)
    before = without_conversation(export_sessions(wanted))
    metered, read, committed = (threading.Barrier(2, timeout=20) for _ in range(3))

    def meter() -> None:
        with transaction.atomic():
            recut(books)
            metered.wait()
            read.wait()
        committed.wait()

    def export() -> list[SessionLine]:
        metered.wait()
        other.feed(talk("u10 u26", "elsewhere") + talk("u0", "elsewhere"))
        begun = export_sessions(wanted)
        first = next(begun)
        read.wait()
        committed.wait()
        return without_conversation([first, *begun])

    assert at_once(meter, export) == [None, before]
