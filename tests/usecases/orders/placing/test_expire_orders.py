"""Orders that nobody pays come to nothing."""

from datetime import timedelta
from functools import partial

from quartermaster.adapters.payments import ByHand
from quartermaster.core.lifecycles.orders import Event, Outcome
from quartermaster.core.money import MICRO
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, OrderLine
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.placing.expire_orders import expire_orders
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.ports.gateways import Gateways, Unavailable
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, Shop

DAY, JUST = timedelta(days=1), timedelta(microseconds=1)


def expire(shop: Shop, workspace: int | None = None) -> list[str | type]:
    """The states of those that were seen to, or what went wrong."""
    return [
        type(one) if isinstance(one, Exception) else one.state
        for one in expire_orders(shop.gateways, shop.now, workspace)
    ]


def test_a_quote_stands_for_a_day(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    order = shop.order(ADVANCED)
    shop.at += DAY
    assert expire(shop) == []
    shop.at += JUST
    assert expire(shop) == ["expired"]
    assert expire(shop) == []
    assert not OrderLine.objects.filter(order=order, is_void=False).exists()
    assert shop.buy(ADVANCED).state == "fulfilled"
    assert_books_hold()


def test_a_wire_is_waited_for_thirty_days(shop: Shop) -> None:
    choose_wire(shop.gateways, shop.fund().id, shop.now)
    shop.at += 30 * DAY
    assert expire(shop) == []
    shop.at += JUST
    assert expire(shop) == ["expired"]


def test_renewals_are_tried_until_they_are_given_up(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.DECLINED]
    shop.run_due(shop.subscription.cycle_end_at)
    shop.at += 5 * DAY
    assert expire(shop) == []


def test_a_page_that_is_open_is_withdrawn_first(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    shop.at += DAY + JUST
    assert expire(shop) == ["expired"]
    payment.refresh_from_db()
    assert (payment.outcome, payment.code) == ("declined", "canceled")
    assert_books_hold()


def test_what_was_paid_in_the_last_moment_is_given(shop: Shop) -> None:
    order = shop.fund()
    shop.provider.pay(shop.open(order).reference)
    shop.at += DAY + JUST
    assert expire(shop) == []
    order.refresh_from_db()
    assert (order.state, shop.books.paid()) == ("fulfilled", 100 * MICRO)
    assert_books_hold()


def test_a_page_that_was_opened_and_not_noted(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    orders.note_page(payment, "", "")
    shop.at += DAY + JUST
    assert expire(shop) == ["expired"]
    assert [one.code for one in shop.provider.paid.values()] == ["canceled"]


def test_while_the_provider_is_away_nothing_expires(shop: Shop) -> None:
    orders.note_page(shop.open(shop.fund()), "", "")
    shop.open(shop.fund())
    shop.fund()
    shop.at += DAY + JUST
    shop.provider.is_out = True
    assert expire(shop) == [Unavailable, "expired"]
    shop.provider.is_out = False
    assert expire(shop) == ["expired"] * 2


def test_what_waits_for_the_operator_waits(shop: Shop) -> None:
    order = shop.fund()
    begin_payment(order.id, BY_HAND, shop.at)
    shop.at += 9 * DAY
    assert list(expire_orders(Gateways(otherwise=ByHand()), shop.now)) == []
    assert [*expire_orders(Gateways(), shop.now)] == [order]


def test_a_clock_that_stands_is_left_alone(db: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk", is_test=True))
    shop.fund()
    people.set_clock(shop.books.workspace.id, shop.at)
    shop.at += 2 * DAY
    assert expire(shop) == []
    assert expire(shop, shop.books.workspace.id) == ["expired"]


def test_money_that_comes_afterwards_is_kept_and_can_go_back(shop: Shop) -> None:
    order = shop.fund()
    payment = shop.open(order)
    orders.advance(order, Event.EXPIRED, shop.at)
    shop.provider.pay(payment.reference)
    shop.notify()
    order.refresh_from_db()
    assert (order.state, shop.books.paid()) == ("paid", 0)
    assert_books_hold()
    assert shop.refund(order, 4_000).outcome == "succeeded"
    assert_books_hold()
    shop.refund(order, 6_000)
    assert queries.get(order.id).state == "refunded"
    assert_books_hold()


def test_two_jobs_and_a_buyer_at_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.fund()
    payment = shop.open(order)
    shop.at += DAY + JUST
    at_once(
        partial(expire, shop), partial(expire, shop), partial(shop.provider.pay, payment.reference)
    )
    shop.run_due(shop.at)
    taken = shop.provider.paid[payment.reference].outcome == Outcome.SUCCEEDED
    assert Order.objects.get().state == ("fulfilled" if taken else "expired")
    assert_books_hold()
