"""Credit lapses at its expiry, once, and pays for nothing from then on."""

from datetime import timedelta

import pytest

from quartermaster.core.money import MICRO
from quartermaster.store.ledger.models import Transfer
from quartermaster.store.wallets.models import Lot
from quartermaster.usecases.credits.check_gates import check_gates
from quartermaster.usecases.credits.lapse_credits import lapse_credits
from tests.books import NOW, Books, assert_books_hold, open_books, talk
from tests.usecases.at_once import at_once

in_a_transaction = pytest.mark.django_db
DAY = timedelta(days=1)
SOON, LATER = NOW + DAY, NOW + 2 * DAY


def lapsed() -> list[int]:
    """The amounts of all lapses."""
    found = Transfer.objects.filter(fact="credits_lapsed").order_by("id")
    return list(found.values_list("amount_micro", flat=True))


def counted(books: Books, at: timedelta = DAY) -> tuple[int, int]:
    """Paid and free credit as the gate sees them."""
    bot = books.bots["helpdesk"].id
    balance, _ = check_gates([bot], NOW + at)[bot]
    return balance.paid_micro, balance.free_micro


@in_a_transaction
def test_what_is_left_lapses_once() -> None:
    books = open_books("helpdesk", "bookings", free_micro=0)
    books.fund("helpdesk", 500_000, SOON)
    books.fund(None, 700_000, SOON)
    books.feed(talk("u0"))
    assert lapse_credits(SOON - timedelta(microseconds=1)) == 0
    assert lapse_credits(SOON) == 2
    assert lapse_credits(SOON) == 0
    assert sorted(lapsed()) == [300_000, 700_000]
    assert (books.paid(), books.free()) == (0, 0)
    assert_books_hold()


@in_a_transaction
def test_a_lot_that_is_used_up_does_not_lapse() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.fund("helpdesk", 200_000, SOON)
    books.feed(talk("u0"))
    assert lapse_credits(LATER) == 0
    assert_books_hold()


@in_a_transaction
def test_what_does_not_expire_stays() -> None:
    books = open_books("helpdesk")
    books.fund("helpdesk", MICRO)
    assert lapse_credits(NOW + 1000 * DAY) == 1
    assert (books.paid(), books.free()) == (MICRO, 0)
    assert_books_hold()


@in_a_transaction
def test_credit_given_back_to_an_expired_lot_lapses_again() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.fund("helpdesk", 500_000, SOON)
    books.feed(talk("u0 u20", conversation="c"))
    assert lapse_credits(SOON) == 1
    books.feed(talk("t16", conversation="c"), LATER)
    assert counted(books, 2 * DAY) == (0, 0)
    assert lapse_credits(LATER) == 1
    books.feed(talk("t0", conversation="c"), LATER)
    assert lapse_credits(LATER) == 1
    assert lapse_credits(LATER) == 0
    assert lapsed() == [100_000, 200_000, 200_000]
    lot = Lot.objects.get()
    assert (lot.used_micro, lot.remaining_micro, lot.lapsed_micro) == (0, 0, 500_000)
    assert_books_hold()


@in_a_transaction
def test_the_gate_never_counts_expired_credit() -> None:
    books = open_books("helpdesk", free_micro=0)
    for bot in ("helpdesk", None):
        books.fund(bot, 500_000, SOON)
        books.fund(bot, 300_000, LATER)
        books.fund(bot, 100_000)
    instant = timedelta(microseconds=1)
    assert counted(books, DAY - instant) == (900_000, 900_000)
    assert counted(books, DAY) == (400_000, 400_000)
    assert counted(books, 2 * DAY) == (100_000, 100_000)
    assert lapse_credits(SOON) == 2
    assert counted(books, DAY) == (400_000, 400_000)
    assert counted(books, 2 * DAY) == (100_000, 100_000)
    assert lapse_credits(LATER) == 2
    assert counted(books, 2 * DAY) == (100_000, 100_000)
    assert_books_hold()


@in_a_transaction
def test_a_charge_never_draws_expired_credit_before_the_job_ran() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.fund("helpdesk", 500_000, SOON)
    books.fund(None, 500_000, SOON)
    books.feed(talk("u0"), SOON)
    assert (books.paid(), books.free()) == (-200_000, 0)
    assert lapsed() == [500_000, 500_000]
    assert lapse_credits(SOON) == 0
    assert_books_hold()


@in_a_transaction
def test_the_earliest_expiry_is_used_first_then_the_oldest() -> None:
    books = open_books("helpdesk", free_micro=0)
    lots = [books.fund("helpdesk", 200_000, at) for at in (None, LATER, SOON, LATER)]
    order = []
    for hours in range(4):
        books.feed(talk("u0", start=NOW - timedelta(hours=hours + 1)))
        used = Lot.objects.filter(used_micro__gt=0).values_list("id", flat=True)
        order.append(next(iter(set(used) - set(order))))
    assert order == [lots[2].id, lots[1].id, lots[3].id, lots[0].id]
    assert_books_hold()


@pytest.mark.usefixtures("committed")
def test_two_jobs_at_once_lapse_it_once() -> None:
    books = open_books("helpdesk", free_micro=0)
    other = open_books("helpdesk", free_micro=0)
    for one in (books, other):
        one.fund("helpdesk", 500_000, SOON)
    assert sum(at_once(*[lambda: lapse_credits(SOON)] * 3)) == 2
    assert lapsed() == [500_000, 500_000]
    assert (books.paid(), other.paid()) == (0, 0)
    assert_books_hold()
