"""Credit is granted once per key, settles debt first, and is provable."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.money import MICRO
from quartermaster.store.ledger.models import Transfer
from quartermaster.store.wallets.models import Lot
from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits.grant_credits import (
    MOST_MICRO,
    AmountOutOfRange,
    ExpiryPassed,
    grant_credits,
)
from tests.books import NOW, Books, assert_books_hold, open_books, talk
from tests.usecases.at_once import at_once

DAY = timedelta(days=1)
in_a_transaction = pytest.mark.django_db


def grant_to(books: Books, bot: str | None = "helpdesk", **changes: Any) -> Grant:
    """One unit of credit for a bot, or for all."""
    owner = None if bot is None else books.bots[bot].id
    return replace(Grant(books.workspace.id, MICRO, uuid.uuid4(), owner), **changes)


@in_a_transaction
def test_free_credit_goes_to_the_pool() -> None:
    books = open_books("helpdesk", free_micro=0)
    lot = grant_credits(grant_to(books, None, expires_at=NOW + DAY), NOW)
    assert (lot.source, lot.remaining_micro, lot.expires_at) == ("free", MICRO, NOW + DAY)
    assert (books.free(), books.paid()) == (MICRO, 0)
    transfer = Transfer.objects.select_related("debit", "credit").get(lot_id=lot.id)
    assert (transfer.fact, transfer.amount_micro) == ("free_credits_granted", MICRO)
    assert (transfer.debit.kind, transfer.credit.kind) == ("free_grants", "pool")
    assert_books_hold()


@in_a_transaction
def test_paid_credit_goes_to_one_bot() -> None:
    books = open_books("helpdesk", "bookings", free_micro=0)
    lot = grant_credits(grant_to(books, price_paid_minor=100), NOW)
    assert (lot.source, lot.price_paid_minor, lot.bot_id) == (
        "paid",
        100,
        books.bots["helpdesk"].id,
    )
    assert (books.free(), books.paid(), books.paid("bookings")) == (0, MICRO, 0)
    assert Transfer.objects.get(lot_id=lot.id).fact == "funds_added"
    assert_books_hold()


@in_a_transaction
@pytest.mark.parametrize(
    ("amount_micro", "settled", "paid"),
    [(100_000, 100_000, -300_000), (400_000, 400_000, 0), (MICRO, 400_000, 600_000)],
)
def test_debt_is_settled_first(amount_micro: int, settled: int, paid: int) -> None:
    books = open_books("helpdesk", free_micro=0)
    books.feed(talk("u0 u15 u16"))
    assert books.paid() == -400_000
    lot = grant_credits(grant_to(books, amount_micro=amount_micro), NOW)
    assert (lot.settled_micro, lot.remaining_micro) == (settled, amount_micro - settled)
    assert books.paid() == paid
    assert_books_hold()


@in_a_transaction
def test_free_credit_settles_no_debt() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.feed(talk("u0"))
    books.fund(None, MICRO)
    assert (books.paid(), books.free()) == (-200_000, MICRO)
    assert_books_hold()


@in_a_transaction
def test_the_debt_of_one_bot_is_not_settled_by_the_funds_of_another() -> None:
    books = open_books("helpdesk", "bookings", free_micro=0)
    books.feed(talk("u0"))
    assert books.fund("bookings", MICRO).settled_micro == 0
    assert (books.paid(), books.paid("bookings")) == (-200_000, MICRO)


@in_a_transaction
def test_what_has_expired_settles_no_debt() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.fund("helpdesk", 200_000, NOW + DAY)
    books.feed(talk("u0", conversation="c"))
    later = NOW + 2 * DAY
    # The expired lot gets its credit back, and the session of the next hour cannot draw on it.
    books.feed(talk("t0 r30", conversation="c"), later)
    assert (books.paid(), Lot.objects.get().remaining_micro) == (200_000, 200_000)
    books.feed(talk("b70", conversation="c"), later)
    assert (books.paid(), Lot.objects.get().lapsed_micro) == (-200_000, 200_000)
    lot = grant_credits(grant_to(books), later)
    assert (lot.settled_micro, lot.remaining_micro) == (200_000, 800_000)
    assert books.paid() == 800_000
    assert_books_hold()


@in_a_transaction
def test_settled_debt_that_is_taken_back_is_credit_again() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.feed(talk("u0 u20", conversation="c"))
    first, second = books.fund("helpdesk", 300_000), books.fund("helpdesk", 300_000)
    assert (first.settled_micro, second.settled_micro) == (300_000, 100_000)
    books.feed(talk("t0", conversation="c"))
    assert list(Lot.objects.order_by("id").values_list("settled_micro", "remaining_micro")) == [
        (0, 300_000),
        (0, 300_000),
    ]
    assert books.paid() == 600_000
    assert_books_hold()


@in_a_transaction
def test_the_latest_lot_gets_its_settled_debt_back_first() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.feed(talk("u0 u20", conversation="c"))
    books.fund("helpdesk", 300_000)
    books.fund("helpdesk", 300_000)
    books.feed(talk("t15", conversation="c"))
    assert list(Lot.objects.order_by("id").values_list("settled_micro", "remaining_micro")) == [
        (200_000, 100_000),
        (0, 300_000),
    ]
    assert books.paid() == 400_000
    assert_books_hold()


@in_a_transaction
@pytest.mark.parametrize("bot", [None, "helpdesk"])
def test_the_same_key_and_body_is_the_same_lot(bot: str | None) -> None:
    books = open_books("helpdesk", free_micro=0)
    grant = grant_to(books, bot, expires_at=NOW + DAY, price_paid_minor=5)
    lot = grant_credits(grant, NOW)
    assert grant_credits(grant, NOW + DAY / 2).id == lot.id
    assert grant_credits(grant, NOW + 2 * DAY).id == lot.id  # a retry may come very late
    assert Lot.objects.count() == 1
    assert_books_hold()


@in_a_transaction
@pytest.mark.parametrize(
    "changes",
    [
        {"amount_micro": MICRO + 1},
        {"bot": None},
        {"expires_at": NOW + DAY},
        {"price_paid_minor": 1},
    ],
)
def test_the_same_key_with_another_body_is_refused(changes: dict[str, Any]) -> None:
    books = open_books("helpdesk", free_micro=0)
    grant = grant_to(books)
    grant_credits(grant, NOW)
    with pytest.raises(KeyReused):
        grant_credits(replace(grant, **changes), NOW)
    assert Lot.objects.count() == 1
    assert books.paid() == MICRO


@in_a_transaction
def test_a_key_is_refused_in_another_workspace() -> None:
    books, other = open_books("helpdesk"), open_books("helpdesk")
    grant = grant_to(books, None)
    grant_credits(grant, NOW)
    with pytest.raises(KeyReused):
        grant_credits(replace(grant, workspace=other.workspace.id), NOW)


@in_a_transaction
@pytest.mark.parametrize("amount_micro", [0, -1, MOST_MICRO + 1])
def test_an_amount_has_its_bounds(amount_micro: int) -> None:
    books = open_books("helpdesk")
    with pytest.raises(AmountOutOfRange) as refused:
        grant_credits(grant_to(books, amount_micro=amount_micro), NOW)
    assert refused.value.field == "amount"
    assert books.paid() == 0


@in_a_transaction
@pytest.mark.parametrize("amount_micro", [1, MOST_MICRO])
def test_the_bounds_themselves_are_granted(amount_micro: int) -> None:
    books = open_books("helpdesk")
    grant_credits(grant_to(books, amount_micro=amount_micro), NOW)
    assert books.paid() == amount_micro
    assert_books_hold()


@in_a_transaction
@pytest.mark.parametrize("ago", [timedelta(0), DAY])
def test_credit_that_has_expired_already_is_refused(ago: timedelta) -> None:
    books = open_books("helpdesk")
    with pytest.raises(ExpiryPassed) as refused:
        grant_credits(grant_to(books, expires_at=NOW - ago), NOW)
    assert refused.value.field == "expires_at"


@pytest.mark.usefixtures("committed")
def test_the_same_grant_twice_at_once_is_one() -> None:
    books = open_books("helpdesk", free_micro=0)
    grant = grant_to(books)
    lots = at_once(*[lambda: grant_credits(grant, NOW).id] * 4)
    assert len(set(lots)) == 1, lots
    assert books.paid() == MICRO
    assert_books_hold()


@pytest.mark.usefixtures("committed")
def test_two_grants_at_once_both_count_and_settle_the_debt_once() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.feed(talk("u0"))
    grants = [grant_to(books), grant_to(books), grant_to(books, None)]
    lots = at_once(
        *[lambda grant=grant: grant_credits(grant, NOW).settled_micro for grant in grants]
    )
    assert sorted(lots) == [0, 0, 200_000]
    assert (books.paid(), books.free()) == (1_800_000, MICRO)
    assert_books_hold()
