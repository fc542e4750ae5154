"""Books are verified on one snapshot, while the meter goes on."""

import pytest
from django.db import connection

from quartermaster.usecases.proof.verify_books import verify_books
from tests.books import assert_books_hold, open_books, talk
from tests.usecases.at_once import at_once

VOICE = frozenset({"voice"})


def _setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"show {name}")
        return str(cursor.fetchone()[0])


@pytest.mark.usefixtures("committed")
def test_the_snapshot_stands_still() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u0 b1"))
    names = []
    for verdict in verify_books(VOICE):
        assert _setting("transaction_isolation") == "repeatable read"
        assert _setting("transaction_read_only") == "on"
        assert at_once(lambda: books.feed(talk("u5 u20 u40"))) == [None]
        assert verdict.findings == []
        names.append(verdict.check)
    assert len(names) > 10
    assert _setting("transaction_read_only") == "off"
    assert_books_hold()
