"""What came of a refund is asked for, with its own key."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Refund
from quartermaster.usecases.orders.refunds.complete_refund import complete_refund
from quartermaster.usecases.ports.gateways import Gateways, PaymentAnswer, RefundRequest
from tests import books
from tests.books import assert_books_hold
from tests.fakes.provider import Provider
from tests.usecases.at_once import at_once
from tests.usecases.shop import Shop


class PowerCut(Exception):
    """Everything stops here."""


class Failing(Provider):
    """Stops everything before it gives money back, or after."""

    is_done: bool = False

    def refund(self, request: RefundRequest) -> PaymentAnswer:
        if self.is_done:
            super().refund(request)
        raise PowerCut


@pytest.mark.parametrize("is_done", [False, True])
def test_cut_off_while_the_provider_is_asked(shop: Shop, is_done: bool) -> None:
    order = shop.pay_page(shop.fund())
    working, failing = shop.provider, Failing(paid=shop.provider.paid)
    failing.is_done, shop.provider = is_done, failing
    with pytest.raises(PowerCut):
        shop.refund(order, 10_000)
    assert shop.books.paid() == 0
    assert_books_hold()
    shop.provider = working
    shop.run_due(shop.at + timedelta(minutes=5))
    assert Refund.objects.get().outcome == "succeeded"
    assert queries.get(order.id).state == "refunded"
    [there] = shop.provider.paid.values()
    assert list(there.refunds.values()) == [10_000]
    assert_books_hold()


def test_once_however_often(shop: Shop) -> None:
    refund = shop.refund(shop.pay_page(shop.fund()), 10_000)
    for _ in range(2):
        assert complete_refund(Gateways(), refund, shop.now) == refund
    assert_books_hold()


def test_with_a_provider_that_is_switched_off_it_is_not_known(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    shop.provider.is_out = True
    refund = shop.refund(order, 10_000)
    assert complete_refund(Gateways(), refund, shop.now).outcome is None


def test_two_jobs_at_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.pay_page(shop.fund())
    shop.provider.is_out = True
    refund = shop.refund(order, 10_000)
    shop.provider.is_out = False
    at_once(*[partial(complete_refund, shop.gateways, refund, shop.now)] * 3)
    assert queries.get(order.id).state == "refunded"
    assert_books_hold()


def test_no_transaction_is_open_while_the_provider_is_asked(committed: None) -> None:
    class Watching(Provider):
        def refund(self, request: RefundRequest) -> PaymentAnswer:
            assert not connection.in_atomic_block
            return super().refund(request)

    shop = Shop.opened(books.open_books("helpdesk"))
    shop.provider = Watching()
    assert shop.refund(shop.pay_page(shop.fund()), 1).outcome == "succeeded"
