"""The gate answers from cached figures, for one bot or many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quartermaster.core.ledger.credits import Source
from quartermaster.core.ledger.status import CreditStatus
from quartermaster.core.money import MICRO
from quartermaster.usecases.credits.check_gates import check_gates
from tests.books import NOW, open_books, talk

pytestmark = pytest.mark.django_db


def test_the_pool_serves_a_bot_without_paid_credit_until_it_lapses() -> None:
    books = open_books("helpdesk")
    bot = books.bots["helpdesk"].id
    _, gate = check_gates([bot], NOW)[bot]
    assert (gate.may_serve, gate.status, gate.sessions_left) == (
        True,
        CreditStatus.USING_FREE,
        2500,
    )
    assert gate.pays_from is Source.FREE
    _, later = check_gates([bot], NOW + timedelta(days=91))[bot]
    assert (later.may_serve, later.status) == (False, CreditStatus.INACTIVE)


def test_days_left_follow_from_the_last_week() -> None:
    books = open_books("helpdesk", free_micro=2 * MICRO)
    books.feed(talk("u0 u20"))
    bot = books.bots["helpdesk"].id
    balance, gate = check_gates([bot], NOW)[bot]
    assert balance.free_micro == 1_600_000
    assert gate.days_left is not None
    assert 7 <= gate.days_left <= 9


def test_many_bots_cost_as_few_queries_as_one() -> None:
    books = open_books("helpdesk", "bookings", "orders")
    bots = [bot.id for bot in books.bots.values()]
    with CaptureQueriesContext(connection) as one:
        check_gates(bots[:1], NOW)
    with CaptureQueriesContext(connection) as all_of_them:
        found = check_gates(bots, NOW)
    assert sorted(found) == sorted(bots)
    assert len(all_of_them) == len(one)
