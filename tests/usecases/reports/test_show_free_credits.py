"""The pool of free credit: what is left, when the next of it goes, and its lots."""

from datetime import timedelta

import pytest

from quartermaster.usecases.reports.show_free_credits import show_free_credits
from tests.books import NOW, open_books, talk

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_what_is_left_and_until_when() -> None:
    books = open_books("helpdesk", free_micro=1_000_000)
    books.fund(None, 300_000, NOW + 2 * DAY)
    books.fund(None, 500_000, NOW + DAY)
    books.fund("helpdesk", 100_000)
    books.feed(talk("u0"))
    found = show_free_credits(books.workspace.id, NOW)
    assert (found.left_micro, found.expires_at) == (1_700_000, NOW + DAY)
    assert [one.granted_micro for one in found.lots] == [1_000_000, 300_000, 500_000]
    assert [one.remaining_micro for one in found.lots] == [1_000_000, 300_000, 400_000]
    assert {(one.source, one.bot) for one in found.lots} == {("free", None)}
    later = show_free_credits(books.workspace.id, NOW + DAY)
    assert (later.left_micro, later.expires_at) == (1_300_000, NOW + 2 * DAY)
    last = show_free_credits(books.workspace.id, NOW + 2 * DAY)
    assert (last.left_micro, last.expires_at) == (1_000_000, books.lots()[0].expires_at)


def test_a_lot_that_is_used_up_expires_unnoticed() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.fund(None, 200_000, NOW + DAY)
    books.fund(None, 200_000, NOW + 2 * DAY)
    books.feed(talk("u0"))
    assert show_free_credits(books.workspace.id, NOW).expires_at == NOW + 2 * DAY


def test_an_empty_pool_and_another_workspaces() -> None:
    open_books("elsewhere")
    found = show_free_credits(open_books("helpdesk", free_micro=0).workspace.id, NOW)
    assert (found.left_micro, found.expires_at, found.lots) == (0, None, [])
