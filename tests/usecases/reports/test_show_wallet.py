"""A bot's wallet: what it holds, its lots, and what the gate makes of it."""

from datetime import timedelta

import pytest

from quartermaster.usecases.credits.check_gates import check_gates
from quartermaster.usecases.reports.show_wallet import show_wallet
from tests.books import NOW, open_books, talk

pytestmark = pytest.mark.django_db


def test_a_wallet_with_its_lots() -> None:
    books = open_books("helpdesk", "bookings", free_micro=0)
    lots = [
        books.fund("helpdesk", 300_000),
        books.fund("helpdesk", 500_000, NOW + timedelta(days=9)),
    ]
    books.fund("bookings", 700_000)
    books.feed(talk("u0 u20 u40"))
    found = show_wallet(books.bots["helpdesk"], NOW)
    assert found.bot == books.bots["helpdesk"]
    assert (found.balance.paid_micro, found.balance.free_micro) == (200_000, 0)
    assert (found.balance, found.gate) == check_gates([found.bot.id], NOW)[found.bot.id]
    assert found.gate.sessions_left == 1
    assert [one.id for one in found.lots] == [lot.id for lot in lots]
    left = [(one.granted_micro, one.remaining_micro, one.used_micro) for one in found.lots]
    assert left == [(300_000, 200_000, 100_000), (500_000, 0, 500_000)], "what expires goes first"
    assert {(one.source, one.bot) for one in found.lots} == {("paid", found.bot.public_id)}
    assert [one.expires_at for one in found.lots] == [None, NOW + timedelta(days=9)]


def test_what_has_expired_does_not_count() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.fund("helpdesk", 500_000, NOW + timedelta(days=1))
    bot = books.bots["helpdesk"]
    assert show_wallet(bot, NOW).balance.paid_micro == 500_000
    assert show_wallet(bot, NOW + timedelta(days=1)).balance.paid_micro == 0


def test_debt_is_below_zero() -> None:
    books = open_books("helpdesk", free_micro=0)
    books.feed(talk("u0 u20"))
    found = show_wallet(books.bots["helpdesk"], NOW)
    assert (found.balance.paid_micro, found.gate.may_serve, found.lots) == (-400_000, False, [])
