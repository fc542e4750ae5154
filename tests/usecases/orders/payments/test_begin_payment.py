"""An attempt is noted before anybody is asked."""

from datetime import timedelta
from functools import partial

import pytest

from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import OrderSettled, Outcome
from quartermaster.store.orders.models import Payment
from quartermaster.store.orders.operations import BY_HAND, Way
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.methods.remove_method import remove_method
from quartermaster.usecases.orders.payments.begin_payment import (
    OrderTooOld,
    PaymentInFlight,
    begin_payment,
)
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import PaymentAnswer
from tests import books
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, Shop


def test_one_is_in_flight_until_its_outcome_is_known(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    first = begin_payment(order.id, BY_HAND, shop.at)
    assert begin_payment(order.id, BY_HAND, shop.at) == first
    settle_payment(first.id, PaymentAnswer(Outcome.DECLINED, "expired card"), shop.at)
    second = begin_payment(order.id, BY_HAND, shop.at)
    assert (first.number, second.number) == (1, 2)
    assert first.public_id != second.public_id


def test_what_is_settled_is_not_paid_again(shop: Shop) -> None:
    order = shop.buy(ESSENTIAL)
    with pytest.raises(OrderSettled, match="fulfilled already"):
        begin_payment(order.id, BY_HAND, shop.at)


def test_two_at_once_are_one_attempt(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.order(ESSENTIAL)
    first, second = at_once(*[partial(begin_payment, order.id, BY_HAND, shop.at)] * 2)
    assert first == second
    assert Payment.objects.count() == 1


def test_a_quote_stands_for_a_day(shop: Shop) -> None:
    order = shop.order(ESSENTIAL)
    with pytest.raises(OrderTooOld):
        begin_payment(order.id, BY_HAND, shop.at + timedelta(days=1, seconds=1))
    order.refresh_from_db()
    assert order.state == "expired"
    again = shop.order(ESSENTIAL)
    first = begin_payment(again.id, BY_HAND, shop.at + timedelta(days=1))
    assert begin_payment(again.id, BY_HAND, shop.at + timedelta(days=9)) == first, (
        "it is being paid"
    )


def test_another_way_is_another_attempt(shop: Shop) -> None:
    card, other = shop.save(), shop.save()
    order = shop.fund()
    begun = begin_payment(order.id, Way(MethodKind.CARD, "memory", card), shop.at)
    for way in (BY_HAND, Way(MethodKind.CARD, "memory"), Way(MethodKind.CARD, "memory", other)):
        with pytest.raises(PaymentInFlight):
            begin_payment(order.id, way, shop.at)
    assert begin_payment(order.id, Way(MethodKind.CARD, "memory", card), shop.at) == begun


def test_what_was_removed_or_is_somebody_elses_pays_nothing(shop: Shop) -> None:
    card = shop.save()
    other = Shop(books.open_books("other"), shop.bot, provider=shop.provider)
    other.bot = other.books.bots["other"]
    with pytest.raises(NotFound):
        begin_payment(other.fund().id, Way(MethodKind.CARD, "memory", card), shop.at)
    remove_method(shop.gateways, shop.bot.workspace, card.public_id, shop.now)
    with pytest.raises(NotFound):
        begin_payment(shop.fund().id, Way(MethodKind.CARD, "memory", card), shop.at)
