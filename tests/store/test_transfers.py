"""Transfers a page at a time: put together they are all of a workspace's, the latest first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import Q

from quartermaster.core.ledger.transfers import Fact
from quartermaster.store.ledger import queries
from quartermaster.store.ledger.models import Transfer
from quartermaster.store.ledger.queries import PostedTransfer, WhichTransfers
from tests.books import NOW, open_books, talk
from tests.usecases.credits import history

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


def stored(which: WhichTransfers) -> list[int]:
    """The same, asked for in one plain question."""
    found = Transfer.objects.filter(debit__workspace=which.workspace).order_by("-id")
    if which.bot is not None:
        found = found.filter(Q(debit__bot=which.bot) | Q(credit__bot=which.bot))
    if which.fact is not None:
        found = found.filter(fact=which.fact)
    return [one.id for one in found]


def pages(which: WhichTransfers, limit: int) -> Iterator[list[PostedTransfer]]:
    """One after the other, until one is empty."""
    before = None
    while found := queries.transfers(which, LATER, before, limit):
        yield found
        before = (found[-1].at, found[-1].id)


def ids(parts: Iterator[list[PostedTransfer]]) -> list[int]:
    return [one.id for part in parts for one in part]


@pytest.mark.parametrize(("limit", "window"), [(1, 1), (3, 2), (7, 5), (500, 4_000)])
def test_pages_put_together_are_all_there_are(limit: int, window: int) -> None:
    told = history.tell()
    for books in (told.main, told.other, told.contract):
        for bot in (None, *(one.id for one in books.bots.values())):
            for fact in (None, *Fact):
                which = WhichTransfers(books.workspace.id, bot, fact, window)
                found = list(pages(which, limit))
                assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
                assert ids(iter(found)) == stored(which)
    assert {one.fact for one in Transfer.objects.all()} == set(Fact)


def test_a_transfer_says_between_what_and_for_what() -> None:
    books = open_books("helpdesk", free_micro=300_000)
    lot = books.fund("helpdesk", 100_000)
    books.feed(talk("u0"))
    bot = books.bots["helpdesk"]
    free, paid, funds, grant = queries.transfers(WhichTransfers(books.workspace.id), NOW, None, 9)
    assert (paid.fact, paid.debit, paid.credit) == ("usage_charged", "wallet", "charged_paid")
    assert (free.fact, free.debit, free.credit) == ("usage_charged", "pool", "charged_free")
    assert [one.amount_micro for one in (paid, free)] == [100_000, 100_000]
    assert {(one.bot, one.bot_name) for one in (paid, free)} == {(bot.public_id, "helpdesk")}
    assert paid.charge == free.charge is not None
    assert (funds.fact, funds.debit, funds.credit) == ("funds_added", "funds", "wallet")
    assert (funds.lot, funds.charge, funds.at) == (lot.id, None, NOW)
    assert (grant.fact, grant.bot, grant.amount_micro) == ("free_credits_granted", None, 300_000)
    assert queries.find_transfer(books.workspace.id, paid.id) == paid


def test_a_quiet_workspace_is_found_behind_a_busy_one() -> None:
    quiet, busy = open_books("quiet"), open_books("busy")
    quiet.feed(talk("u0", "quiet"))
    busy.feed([each for user in range(60) for each in talk("u0", "busy", user=str(user))])
    which = WhichTransfers(quiet.workspace.id, window=4)
    assert len(stored(which)) == 2
    assert ids(pages(which, 50)) == stored(which)
    assert len(ids(pages(replace(which, workspace=busy.workspace.id), 7))) == 61


def test_what_is_yet_to_be_posted_and_what_is_another_workspaces_is_not_there() -> None:
    books, other = open_books("helpdesk"), open_books("elsewhere")
    which = WhichTransfers(books.workspace.id)
    early = NOW - timedelta(hours=2)
    assert queries.transfers(which, early, None, 5) == []
    assert len(queries.transfers(which, early + timedelta(hours=1), None, 5)) == 1
    theirs = WhichTransfers(books.workspace.id, other.bots["elsewhere"].id)
    assert queries.transfers(theirs, NOW, None, 5) == []
    (grant,) = queries.transfers(WhichTransfers(other.workspace.id), NOW, None, 5)
    assert queries.find_transfer(books.workspace.id, grant.id) is None
    assert queries.find_transfer(books.workspace.id, 10**12) is None


def test_where_nothing_was_ever_posted() -> None:
    books = open_books("helpdesk", free_micro=0)
    assert queries.transfers(WhichTransfers(books.workspace.id), NOW, None, 5) == []
