"""Somebody adds credit to a bot's wallet."""

import uuid
from decimal import Decimal
from functools import partial

import pytest

from quartermaster.core.invoices.taxes import Category, Tax
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.lifecycles.funds import AmountNotSold, FundsLimits
from quartermaster.core.money import MICRO
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds
from quartermaster.usecases.orders.placing.set_funds_limits import set_funds_limits
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, Shop


def test_the_credit_comes_when_it_is_paid(shop: Shop) -> None:
    order = shop.fund(15_000)
    assert (order.kind, order.state, order.due_minor) == ("funds", "awaiting_payment", 15_000)
    assert shop.lines(order) == [("funds", 15_000)]
    assert shop.books.paid() == 0
    order = shop.pay(order)
    assert (order.state, shop.books.paid()) == ("fulfilled", 150 * MICRO)
    assert order.lot is not None
    assert order.lot.price_paid_minor == 15_000
    assert_books_hold()


def test_the_same_key_is_the_same_order(shop: Shop) -> None:
    key, wanted = uuid.uuid4(), Funds(shop.bot, 10_000)
    assert add_funds(wanted, key, shop.at) == add_funds(wanted, key, shop.at)
    with pytest.raises(KeyReused):
        add_funds(Funds(shop.bot, 10_001), key, shop.at)
    made = add_funds(wanted, key, shop.at)
    plan = shop.order(ESSENTIAL)
    set_funds_limits(plan.currency, FundsLimits(1, 10_000), shop.at)
    with pytest.raises(KeyReused):
        add_funds(Funds(shop.bot, plan.total_minor), plan.idempotency_key, shop.at)
    set_funds_limits(plan.currency, FundsLimits(1, 9_999), shop.at)
    assert add_funds(wanted, key, shop.at) == made, "the answer to it may have been lost"


def test_within_limits(shop: Shop) -> None:
    for amount in (9_999, 2_000_001, 0, -10_000):
        with pytest.raises(AmountNotSold):
            shop.fund(amount)
    assert shop.fund(2_000_000).total_minor == 2_000_000, "several may wait at the same time"
    assert shop.fund(10_000).total_minor == 10_000


@pytest.mark.parametrize(
    ("currency", "amount", "factor"), [("JPY", 12_345, 1_000_000), ("KWD", 123_456, 1_000)]
)
def test_currencies_of_no_and_three_decimals(
    shop: Shop, currency: str, amount: int, factor: int
) -> None:
    Workspace.objects.update(currency=currency)
    shop.bot.workspace.refresh_from_db()
    order = shop.pay(shop.fund(amount))
    assert (order.currency, shop.books.paid()) == (currency, amount * factor)
    assert shop.refund(order, amount - 1).outcome == "succeeded"
    assert shop.books.paid() == factor
    assert_books_hold()


def test_with_tax(shop: Shop) -> None:
    order = shop.fund(10_000)
    tax = Tax(Category.STANDARD, Decimal(19), "DE").written()
    Order.objects.filter(id=order.id).update(tax_minor=1_900, tax=tax)
    order = shop.pay(queries.get(order.id))
    assert queries.payments_of(order.id)[0].amount_minor == 11_900
    assert shop.books.paid() == 100 * MICRO
    assert_books_hold()


def test_a_double_click_orders_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = partial(add_funds, Funds(shop.bot, 10_000), uuid.uuid4(), shop.at)
    first, second = at_once(order, order)
    assert first == second
    assert Order.objects.count() == 1
