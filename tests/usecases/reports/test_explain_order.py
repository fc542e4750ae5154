"""What an order is made of."""

from datetime import timedelta

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.wires import Arrived
from quartermaster.core.plans import formulas
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.wires.models import Outlet
from quartermaster.usecases.orders.wires.list_bank_entries import list_bank_entries
from quartermaster.usecases.orders.wires.settle_bank_entry import Wanted, settle_bank_entry
from quartermaster.usecases.reports.explain_order import explain_order
from quartermaster.usecases.subscriptions.preview_change import preview_change
from tests import books
from tests.usecases.orders.wires.bank import Bank, paying
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


def test_what_came_by_bank(shop: Shop) -> None:
    bank, order = Bank(shop), shop.fund(10_000)
    assert explain_order(order).wire is None
    bank.send(paying(order, 4_000, bank_id="B-1"), paying(order, 9, currency="EUR"))
    bank.send(paying(order, 4_000))  # perhaps again: it counts once
    part = list_bank_entries()[2].entry
    for _ in range(2):
        assert explain_order(order).wire == Arrived(4_000, 6_000, 0)
        bank.match(part.id, order.id)
    bank.send(paying(order, 7_000))
    assert explain_order(order).wire == Arrived(11_000, 0, 1_000)
    rest = list_bank_entries()[0].entry
    bank.match(rest.id, order.id)
    paid = orders.get(order.id)
    assert explain_order(paid).wire == Arrived(11_000, 0, 1_000)
    settle_bank_entry(rest.id, Wanted(Outlet.REFUND, "olga"), shop.at)
    assert explain_order(paid).wire == Arrived(10_000, 0, 0)


def test_what_came_too_late(shop: Shop) -> None:
    order = shop.pay_page(shop.fund(10_000))
    Bank(shop).send(paying(order))
    assert explain_order(order).wire == Arrived(10_000, 0, 10_000)


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
