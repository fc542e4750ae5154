"""Spending per day, also of bots that have fallen silent."""

from datetime import timedelta

import pytest

from quartermaster.store.wallets.models import Wallet
from quartermaster.usecases.credits.rate_spending import rate_spending
from tests.books import NOW, open_books, talk

pytestmark = pytest.mark.django_db


def test_spending_fades_when_a_bot_falls_silent() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u0 u20", start=NOW - timedelta(days=1)))
    wallet = Wallet.objects.filter(bot=books.bots["helpdesk"])
    assert rate_spending(NOW + timedelta(seconds=1)) >= 1
    spent = wallet.get().spent_per_day_micro
    assert 350_000 < spent <= 400_000
    rate_spending(NOW + timedelta(days=4))
    assert 0 < wallet.get().spent_per_day_micro < spent
    rate_spending(NOW + timedelta(days=8))
    assert wallet.get().spent_per_day_micro == 0
