"""The gate answers from cached figures, for one bot or many."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quartermaster.core.ledger.credits import Source
from quartermaster.core.ledger.status import CreditStatus
from quartermaster.core.money import MICRO
from quartermaster.usecases.credits.check_gates import check_gates
from tests.books import NOW, open_books, talk
from tests.usecases.shop import START, Shop, catalog_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def planned(free_micro: int = 500 * MICRO) -> Shop:
    """A bot with two sessions included, three at $0.10 and further ones at $0.05 and a dollar."""
    tiers = [{"up_to": 3, "unit": "0.10"}, {"unit": "0.05", "flat": "1"}]
    usage = {"billing_session": {"included": 2, "model": "graduated", "tiers": tiers}}
    sold = {
        "product": "automation_ai",
        "name": "essential",
        "fee": {"monthly": "60"},
        "usage": usage,
    }
    shop = Shop.opened(open_books("helpdesk", free_micro=free_micro), catalog_of(sold))
    shop.buy("plan/automation_ai/essential")
    return shop


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


def test_a_plan_prices_what_is_left_by_what_its_month_has_had() -> None:
    shop = planned()
    bot = shop.bot.id
    shop.books.feed(talk("u0 u20 u40", start=START + DAY), START + 2 * DAY)
    balance, gate = check_gates([bot], START + 2 * DAY)[bot]
    assert (balance.session_price, balance.used) == (Decimal("0.10"), 3)
    assert gate.sessions_left == 2 + (500 * MICRO - 300_000 - MICRO) // 50_000
    balance, gate = check_gates([bot], START + 40 * DAY)[bot]
    assert balance.used == 0, "another month"
    assert gate.reason == "included in the plan"


def test_without_credit_what_is_included_may_be_used() -> None:
    shop = planned(free_micro=0)
    bot = shop.bot.id
    later = START + 30 * DAY * 6
    _, gate = check_gates([bot], later)[bot]
    assert (gate.may_serve, gate.status, gate.sessions_left) == (True, CreditStatus.INACTIVE, 2)
    shop.books.feed(talk("u0 u20", start=later - timedelta(hours=5)), later)
    _, gate = check_gates([bot], later)[bot]
    assert (gate.may_serve, gate.sessions_left) == (False, 0)
