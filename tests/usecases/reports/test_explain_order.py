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


def test_what_went_back_in_parts(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    before = explain_order(order)
    assert (before.sums.paid_minor, before.sums.refunded_minor) == (10_000, 0)
    for amount_minor in (4_000, 1_000):
        shop.refund(order, amount_minor)
    steps = [(one.event, one.state, one.amount_minor) for one in explain_order(order).steps]
    parts = [("refunded_in_part", "fulfilled", 4_000), ("refunded_in_part", "fulfilled", 1_000)]
    assert steps[-3:] == [("fulfilled", "fulfilled", None), *parts]
    shop.at += timedelta(days=1)
    shop.refund(order, 5_000)
    found = explain_order(order)
    steps = [(one.event, one.state, one.amount_minor) for one in found.steps]
    assert steps[-3:] == [*parts, ("refunded", "refunded", 5_000)]
    assert found.steps[-1].by == "operator"
    assert (found.sums.paid_minor, found.sums.refunded_minor) == (10_000, 10_000)
    assert len(found.credit_notes) == 3


def test_what_went_back_at_once(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    shop.refund(order, 10_000)
    steps = [(one.event, one.amount_minor) for one in explain_order(order).steps]
    assert steps == [("paid", None), ("fulfilled", None), ("refunded", 10_000)]
