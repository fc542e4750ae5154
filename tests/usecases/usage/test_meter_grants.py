"""Credit that comes between batches: balances still do not depend on the order of events."""

import random
import uuid
from datetime import timedelta

import pytest

from quartermaster.core.money import MICRO
from quartermaster.store.wallets.models import Pool, Wallet
from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits.grant_credits import grant_credits
from tests.books import NOW, Books, assert_books_hold, open_books, talk

pytestmark = pytest.mark.django_db
START = NOW - timedelta(days=3)


def _grant(books: Books, amount: int, *, paid: bool, days: int | None) -> None:
    bot = books.bots["helpdesk"].id if paid else None
    expires_at = NOW + timedelta(days=days) if days else None
    grant_credits(Grant(books.workspace.id, amount, uuid.uuid4(), bot, expires_at), NOW)


def _balances(books: Books) -> tuple[int, int]:
    paid = Wallet.objects.get(bot=books.bots["helpdesk"]).paid_micro
    return paid, Pool.objects.get(workspace=books.workspace).free_micro


def test_what_funds_paid_goes_back_to_the_funds() -> None:
    found = []
    for order in ("u10 b30 t15", "u10 t15 b30"):
        books = open_books("helpdesk")
        books.feed(talk("u0", user="ann", start=START))
        _grant(books, 100 * MICRO, paid=True, days=None)
        for word in order.split():
            books.feed(talk(word, conversation="k", start=START))
        found.append(_balances(books))
        assert_books_hold()
    assert found == [(99_800_000, 499_800_000)] * 2


def test_debt_beside_a_later_pool_stays_debt() -> None:
    found = []
    for order in ("u10 b30 t15", "u10 t15 b30"):
        books = open_books("helpdesk", free_micro=0)
        books.feed(talk("u0", user="ann", start=START))
        _grant(books, 10 * MICRO, paid=False, days=30)
        for word in order.split():
            books.feed(talk(word, conversation="k", start=START))
        found.append(_balances(books))
        assert_books_hold()
    assert found == [(-200_000, 9_800_000)] * 2


@pytest.mark.parametrize("seed", range(12))
def test_any_order_between_any_grants(seed: int) -> None:
    chance = random.Random(seed)
    rounds = [
        (
            talk("u0 b16 t20 a25 r31 b32 u47", conversation=f"k{number}", start=START)
            + talk("u3 u40 u70", start=START + timedelta(hours=number)),
            (chance.randint(1, 12) * 100_000, chance.random() < 0.5, chance.choice((None, 5, 50))),
        )
        for number in range(3)
    ]
    late = talk("t1", conversation="k0", start=START) + talk("u20", start=START)
    rounds.append((late, (100_000, True, None)))
    found = []
    for mixed in (False, True, True):
        books = open_books("helpdesk", free_micro=chance.choice((300_000,)))
        for events, (amount, paid, days) in rounds:
            ordered = chance.sample(events, len(events)) if mixed else events
            size = chance.randint(1, 4) if mixed else len(ordered)
            for start in range(0, len(ordered), size):
                books.feed(ordered[start : start + size])
            _grant(books, amount, paid=paid, days=days)
        found.append(_balances(books))
        assert_books_hold()
    assert found[0] == found[1] == found[2]
