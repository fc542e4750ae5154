"""The wallets of all bots: their sums, and which comes first."""

from datetime import timedelta

import pytest

from quartermaster.usecases.credits.check_gates import check_gates
from quartermaster.usecases.reports.list_wallets import Wallets, list_wallets
from tests.books import NOW, Books, open_books, talk

pytestmark = pytest.mark.django_db


def names(found: Wallets) -> list[str]:
    return [one.bot.name for one in found.most_urgent_first()]


@pytest.fixture
def books() -> Books:
    """One stopped and in debt, three with days left, two at rest."""
    books = open_books("at rest", "busy", "calm", "debt", "idle", "low", free_micro=0)
    for name, dollars in {"at rest": 90, "busy": 60, "calm": 60, "idle": 90, "low": 20}.items():
        books.fund(name, dollars * 1_000_000)
    for name, script in {"busy": "u0 u20 u40", "calm": "u0 u20", "debt": "u0", "low": "u0"}.items():
        books.feed(talk(script, name))
    return books


def test_all_wallets_by_name_and_their_sums(books: Books) -> None:
    open_books("elsewhere")
    found = list_wallets(books.workspace, NOW)
    assert [one.bot.name for one in found.credits] == sorted(books.bots)
    gates = check_gates([bot.id for bot in books.bots.values()], NOW)
    assert {one.bot.id: (one.balance, one.gate) for one in found.credits} == gates
    assert found.paid_micro == 318_800_000, "of 320, without the debt"
    assert (found.stopped, found.low) == (1, 1)


def test_who_is_stopped_or_has_the_fewest_days_left_comes_first(books: Books) -> None:
    assert names(list_wallets(books.workspace, NOW)) == [
        *("debt", "busy", "low", "calm", "at rest", "idle")
    ]


def test_of_those_that_are_stopped_the_one_that_spends_most_comes_first() -> None:
    books = open_books("alpha", "beta", free_micro=0)
    books.feed([*talk("u0", "alpha"), *talk("u0 u20", "beta")])
    assert names(list_wallets(books.workspace, NOW)) == ["beta", "alpha"]


def test_what_has_expired_does_not_count() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.fund("helpdesk", 60_000_000, NOW + timedelta(days=1))
    assert list_wallets(books.workspace, NOW).paid_micro == 60_000_000
    later = list_wallets(books.workspace, NOW + timedelta(days=1))
    assert (later.paid_micro, later.stopped) == (0, 1)


def test_a_workspace_without_bots_has_no_wallets() -> None:
    found = list_wallets(open_books().workspace, NOW)
    assert (found.credits, found.paid_micro, found.stopped, found.low) == ([], 0, 0, 0)
