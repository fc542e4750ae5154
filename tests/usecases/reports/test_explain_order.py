"""What an order is made of."""

from datetime import timedelta

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.plans import formulas
from quartermaster.usecases.reports.explain_order import explain_order
from quartermaster.usecases.subscriptions.preview_change import preview_change
from tests import books
from tests.usecases.shop import ADVANCED, ESSENTIAL, Shop


@pytest.fixture
def shop(db: None) -> Shop:
    """A workspace in UTC with one bot, and something to buy."""
    return Shop.opened(books.open_books("helpdesk"))


def test_a_first_cycle(shop: Shop) -> None:
    found = explain_order(shop.buy(ESSENTIAL, seats=4))
    assert [one.formula for one in found.lines] == ["$60.00", "2 included + 2 × $10.00 = $20.00"]


def test_an_upgrade_says_what_its_preview_said(shop: Shop) -> None:
    shop.buy(ESSENTIAL, seats=4)
    shop.at += timedelta(days=7, seconds=11)
    quote = preview_change(shop.wish(ADVANCED, seats=9), shop.at).quote
    found = explain_order(shop.order(ADVANCED, seats=9))
    assert [one.line for one in found.lines] == list(quote.lines)
    assert [one.formula for one in found.lines] == [
        formulas.line(line, quote.terms, quote.cycle, "USD") for line in quote.lines
    ]
    assert len({one.line.of for one in found.lines}) == 3


def test_the_attempts_to_pay_it(shop: Shop) -> None:
    shop.gateway.next = [Outcome.DECLINED]
    order = shop.buy(ESSENTIAL)
    found = explain_order(shop.pay(order))
    assert [(one.outcome, one.reason) for one in found.payments] == [
        ("declined", "insufficient funds"),
        ("succeeded", ""),
    ]


def test_what_is_to_come_has_no_lines(shop: Shop) -> None:
    shop.buy(ADVANCED)
    assert explain_order(shop.buy(ESSENTIAL)).lines == []
