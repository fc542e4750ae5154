"""A bot tries a product for nothing."""

from datetime import timedelta
from functools import partial

import pytest

from quartermaster.usecases.subscriptions._changing import ChangeInProgress
from quartermaster.usecases.subscriptions.start_trial import (
    NoTrial,
    SubscribedAlready,
    TriedBefore,
    start_trial,
)
from tests import books
from tests.fakes.gateway import Unreachable
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, START, Shop

DAYS = timedelta(days=14)


def test_it_gives_the_plan_until_its_end(shop: Shop) -> None:
    found = start_trial(shop.bot, ESSENTIAL, START)
    assert (found.state, found.seats, found.cycle_end_at) == ("trialing", 5, START + DAYS)
    assert shop.phases() == [("essential", 5, START, START + DAYS)]
    shop.run_due(START + DAYS - timedelta(seconds=1))
    assert shop.subscription.state == "trialing"
    shop.run_due(START + DAYS)
    assert (shop.subscription.state, shop.subscription.canceled_at) == ("canceled", START + DAYS)
    assert shop.gateway.asked == []


def test_who_buys_meanwhile_goes_on(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, START)
    shop.at = START + timedelta(days=3)
    order = shop.buy(ADVANCED)
    assert shop.lines(order) == [("fee", 16_000)]
    assert shop.subscription.state == "active"
    assert shop.phases() == [("essential", 5, START, shop.at), ("advanced", 2, shop.at, None)]


def test_who_pays_after_the_end_begins_anew(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, START)
    shop.at = START + DAYS - timedelta(seconds=59)
    order = shop.order(ESSENTIAL)
    shop.gateway.next = [None]
    with pytest.raises(Unreachable):
        shop.pay(order)
    shop.run_due(START + DAYS)
    assert shop.subscription.state == "trialing", "the payment is in flight: that decides"
    shop.pay(order)
    assert shop.subscription.state == "active"


def test_once_per_bot_and_product(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, START)
    with pytest.raises(TriedBefore):
        start_trial(shop.bot, ADVANCED, START)
    shop.run_due(START + DAYS)
    with pytest.raises(TriedBefore):
        start_trial(shop.bot, ESSENTIAL, START + DAYS)


def test_not_beside_a_subscription(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    with pytest.raises(SubscribedAlready):
        start_trial(shop.bot, ADVANCED, START)


@pytest.mark.parametrize("key", ["support/enhanced", "add_on/advanced_rag"])
def test_what_is_not_offered_for_trial(shop: Shop, key: str) -> None:
    with pytest.raises(NoTrial):
        start_trial(shop.bot, key, START)


def test_of_two_at_once_one_begins(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    found = at_once(*[partial(start_trial, shop.bot, ESSENTIAL, START)] * 2)
    assert sorted(type(one).__name__ for one in found) == ["Subscription", "TriedBefore"]


def test_not_while_the_product_is_being_bought(shop: Shop) -> None:
    order = shop.order(ADVANCED)
    with pytest.raises(ChangeInProgress):
        start_trial(shop.bot, ESSENTIAL, START)
    assert shop.pay(order).state == "fulfilled"
