"""Clocks that disagree or go back: credit lapses once, by whichever clock comes first."""

import uuid
from datetime import datetime, timedelta

import pytest

from quartermaster.core.money import MICRO
from quartermaster.store.wallets.models import Lot, Wallet
from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits.check_gates import check_gates
from quartermaster.usecases.credits.grant_credits import ExpiryPassed, grant_credits
from quartermaster.usecases.credits.lapse_credits import lapse_credits
from quartermaster.usecases.credits.rate_spending import rate_spending
from tests.books import NOW, Books, assert_books_hold, drain, open_books, talk

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def books() -> Books:
    return open_books("helpdesk", free_micro=0)


def paid_at(books: Books, at: datetime) -> int:
    """Paid credit as a gate with this clock sees it."""
    bot = books.bots["helpdesk"].id
    balance, _ = check_gates([bot], at)[bot]
    return balance.paid_micro


def meter(books: Books, at: datetime) -> None:
    """A session of a user of its own, by a meter with this clock."""
    books.submit(talk("u0", user=uuid.uuid4().hex))
    drain(at)
    assert_books_hold()


def test_what_a_clock_ahead_has_lapsed_stays_lapsed_when_it_goes_back(books: Books) -> None:
    books.fund("helpdesk", MICRO, NOW + HOUR)
    assert lapse_credits(NOW + 3 * HOUR) == 1
    assert paid_at(books, NOW) == paid_at(books, NOW + 3 * HOUR) == 0
    meter(books, NOW)
    assert books.paid() == -200_000
    assert (lapse_credits(NOW), lapse_credits(NOW + 2 * HOUR)) == (0, 0)
    lot = books.fund("helpdesk", MICRO, NOW + HOUR)
    assert (lot.settled_micro, lot.remaining_micro) == (200_000, 800_000)
    assert lapse_credits(NOW + HOUR) == 1, "what was granted since lapses at its own time"
    assert_books_hold()


def test_of_two_meters_the_one_ahead_lapses_what_the_other_has_left(books: Books) -> None:
    books.fund("helpdesk", 500_000, NOW + 10 * MINUTE)
    behind, ahead = NOW, NOW + 20 * MINUTE
    meter(books, behind)
    assert (paid_at(books, behind), paid_at(books, ahead)) == (300_000, 0)
    meter(books, ahead)
    meter(books, behind)
    lot = Lot.objects.get()
    assert (lot.used_micro, lot.lapsed_micro, lot.remaining_micro) == (200_000, 300_000, 0)
    assert paid_at(books, behind) == paid_at(books, ahead) == -400_000


def test_what_goes_back_to_a_lot_that_lapsed_too_early_can_be_drawn_until_it_lapses_again(
    books: Books,
) -> None:
    books.fund("helpdesk", 500_000, NOW + HOUR)
    books.feed(talk("u0 u20", conversation="c"))
    assert lapse_credits(NOW + 3 * HOUR) == 1
    books.feed(talk("t16", conversation="c"))
    assert paid_at(books, NOW) == 200_000
    assert lapse_credits(NOW + HOUR) == 1
    assert_books_hold()


def test_a_grant_between_two_clocks_holds_by_each_of_them(books: Books) -> None:
    owner, behind, ahead = books.bots["helpdesk"].id, NOW, NOW + 3 * HOUR
    grant = Grant(books.workspace.id, MICRO, uuid.uuid4(), owner, NOW + HOUR)
    with pytest.raises(ExpiryPassed):
        grant_credits(grant, ahead)
    lot = grant_credits(grant, behind)
    assert grant_credits(grant, ahead).id == lot.id, "a repeat is the same grant by any clock"
    assert (paid_at(books, behind), paid_at(books, ahead)) == (MICRO, 0)
    meter(books, ahead)
    assert Lot.objects.get().lapsed_micro == MICRO
    assert books.paid() == -200_000


def test_lots_are_used_in_the_order_of_their_grants_even_if_the_clock_went_back(
    books: Books,
) -> None:
    owner = books.bots["helpdesk"].id
    lots = [
        grant_credits(Grant(books.workspace.id, 200_000, uuid.uuid4(), owner), at)
        for at in (NOW, NOW - 3 * HOUR, NOW - HOUR)
    ]
    order = []
    for _ in lots:
        meter(books, NOW)
        used = set(Lot.objects.filter(used_micro__gt=0).values_list("id", flat=True))
        order += sorted(used - set(order))
    assert order == [lot.id for lot in lots]


def test_spending_per_day_is_worked_out_again_after_the_clock_went_back(books: Books) -> None:
    wallet = Wallet.objects.filter(bot=books.bots["helpdesk"])
    rate_spending(NOW + 90 * 24 * HOUR)
    assert wallet.get().spent_per_day_micro == 0
    meter(books, NOW)
    assert (wallet.get().rated_at, wallet.get().spent_per_day_micro > 0) == (NOW, True)
    rate_spending(NOW - HOUR)
    assert wallet.get().rated_at == NOW - HOUR


def test_meters_a_little_apart_do_not_rate_each_other_again(books: Books) -> None:
    meter(books, NOW)
    meter(books, NOW - MINUTE / 2)
    assert Wallet.objects.get(bot=books.bots["helpdesk"]).rated_at == NOW
