"""Orders paid through Stripe and PayPal as they are, cut off between any two steps."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.money import MICRO
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment, Refund
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.settling.receive_notice import Told, receive_notice
from quartermaster.usecases.ports.gateways import Page
from tests.adapters.payments import paypal_driver, stripe_driver
from tests.books import assert_books_hold
from tests.usecases.shop import Shop

STARTS = {"stripe": stripe_driver.start, "paypal": paypal_driver.start}
SOON = timedelta(minutes=5)


class PowerCut(Exception):
    """Everything stops here."""


class Cut:
    """A gateway whose `step` is the last thing that happens, before it or after it."""

    def __init__(self, gateway: Any, step: str, is_done: bool) -> None:
        self.gateway, self.step, self.is_done = gateway, step, is_done

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self.gateway, name)
        return self._stop if name == self.step else asked

    def _stop(self, *args: Any) -> None:
        if self.is_done:
            getattr(self.gateway, self.step)(*args)
        raise PowerCut


class Market:
    """A shop, and a provider with its people."""

    def __init__(self, shop: Shop, driver: Any) -> None:
        self.shop, self.driver = shop, driver
        shop.provider = driver.gateway
        shop.at = driver.at

    def open(self, order: Order, is_saved: bool = False) -> Payment:
        """The buyer is sent to the page."""
        return self.shop.open(order, self.driver.kind, is_saved)

    def confirm(self, payment: Payment) -> None:
        """The buyer pays on it."""
        self.driver.confirm(Page(payment.reference, payment.url))

    def tell(self) -> None:
        """All that there is to tell, twice, the last first."""
        for sent in [*reversed(self.driver.deliveries(self.shop.at))] * 2:
            told = Told(self.driver.gateway.name, sent.headers, sent.body)
            receive_notice(self.shop.gateways, told, self.shop.now)

    def buy(self) -> Order:
        """Credit, paid on the page, with the way to pay saved."""
        payment = self.open(self.shop.fund(), is_saved=True)
        self.confirm(payment)
        return self.shop.complete(payment)

    def cut(self, step: str, is_done: bool) -> None:
        """Everything stops at this step from now on."""
        self.shop.provider = Cut(self.driver.gateway, step, is_done)  # type: ignore[assignment]

    def go_on(self) -> None:
        """The job runs when all works again."""
        self.shop.provider = self.driver.gateway
        self.shop.run_due(self.shop.at + SOON)


@pytest.fixture(params=STARTS)
def market(request: pytest.FixtureRequest, shop: Shop) -> Iterator[Market]:
    """With each."""
    with STARTS[request.param]() as driver:
        yield Market(shop, driver)


def test_by_notices_alone(market: Market) -> None:
    order = market.shop.fund()
    market.confirm(market.open(order))
    market.tell()
    assert queries.get(order.id).state == "fulfilled"
    market.shop.refund(queries.get(order.id), 4_000)
    market.driver.dispute(queries.payments_of(order.id)[0].reference, 6_000)
    market.tell()
    [payment] = queries.payments_of(order.id)
    assert payment.disputed_minor == 6_000
    assert market.shop.books.paid() == 60 * MICRO
    assert_books_hold()


@pytest.mark.parametrize("is_done", [False, True])
def test_cut_off_while_a_saved_way_is_charged(market: Market, is_done: bool) -> None:
    assert market.buy().state == "fulfilled"
    order = market.shop.fund()
    market.cut("charge", is_done)
    with pytest.raises(PowerCut):
        collect_payment(market.shop.gateways, order, market.shop.now)
    assert_books_hold()
    market.go_on()
    assert queries.get(order.id).state == "fulfilled"
    assert market.shop.books.paid() == 200 * MICRO
    told = [each.amount_minor for each in _report(market)]
    assert told == [10_000, 10_000]
    assert_books_hold()


@pytest.mark.parametrize("is_done", [False, True])
def test_cut_off_while_a_page_is_looked_up(market: Market, is_done: bool) -> None:
    order = market.shop.fund()
    payment = market.open(order)
    market.confirm(payment)
    market.cut("look_up", is_done)
    with pytest.raises(PowerCut):
        market.shop.complete(payment)
    market.go_on()
    assert queries.get(order.id).state == "fulfilled"
    assert [each.amount_minor for each in _report(market)] == [10_000]
    assert_books_hold()


@pytest.mark.parametrize("is_done", [False, True])
def test_cut_off_while_a_page_is_opened(market: Market, is_done: bool) -> None:
    order = market.shop.fund()
    market.cut("open", is_done)
    with pytest.raises(PowerCut):
        market.open(order)
    market.go_on()
    payment = market.open(order)
    market.confirm(payment)
    assert market.shop.complete(payment).state == "fulfilled"
    assert [each.amount_minor for each in _report(market)] == [10_000]
    assert_books_hold()


@pytest.mark.parametrize("is_done", [False, True])
def test_cut_off_while_money_goes_back(market: Market, is_done: bool) -> None:
    order = market.buy()
    market.cut("refund", is_done)
    with pytest.raises(PowerCut):
        market.shop.refund(order, 10_000)
    market.go_on()
    assert Refund.objects.get().outcome == "succeeded"
    assert [each.refunded_minor for each in _report(market)] == [10_000]
    assert queries.get(order.id).state == "refunded"
    assert_books_hold()


def test_a_lost_answer_and_a_provider_that_hesitates(market: Market) -> None:
    market.buy()
    order = market.shop.fund()
    market.driver.hesitate()
    market.driver.lose_answer()
    collect_payment(market.shop.gateways, order, market.shop.now)
    market.driver.forget_keys()
    for _ in range(3):
        market.go_on()
        assert queries.get(order.id).state == "awaiting_payment"
    market.driver.settle()
    market.tell()
    market.go_on()
    assert queries.get(order.id).state == "fulfilled"
    assert [each.amount_minor for each in _report(market)] == [10_000, 10_000]
    assert_books_hold()


def _report(market: Market) -> list[Any]:
    day = timedelta(days=1)
    told = market.driver.gateway.report(market.driver.at - day, market.driver.at + day)
    return [each for each in told if each.outcome is Outcome.SUCCEEDED]
