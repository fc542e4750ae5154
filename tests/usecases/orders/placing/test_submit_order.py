"""Whoever put an order together submits it."""

import uuid

import pytest

from quartermaster.core.lifecycles.orders import OrderSettled
from quartermaster.store.orders import queries
from quartermaster.usecases.orders.payments.begin_payment import OrderNotSubmitted
from quartermaster.usecases.orders.placing.add_funds import Funds, add_funds
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.placing.submit_order import submit_order
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from tests.books import assert_books_hold
from tests.usecases.shop import Shop


@pytest.fixture
def draft(shop: Shop) -> int:
    """An order of credit that was not submitted."""
    return add_funds(Funds(shop.bot, 10_000, "ann", True), uuid.uuid4(), shop.at).id


def test_it_is_paid_from_then_on(shop: Shop, draft: int) -> None:
    for pay in (shop.pay, shop.open):
        with pytest.raises(OrderNotSubmitted):
            pay(queries.get(draft))
    with pytest.raises(OrderNotSubmitted):
        choose_wire(shop.gateways, draft, shop.now)
    for _ in range(2):
        assert submit_order(draft, shop.at, "ann").state == "awaiting_payment"
    assert [(one.event, one.by) for one in queries.steps_of(draft)] == [("submitted", "ann")]
    assert shop.pay(queries.get(draft)).state == "fulfilled"
    assert_books_hold()


def test_one_that_waits_for_a_wire_is_submitted(shop: Shop, draft: int) -> None:
    submit_order(draft, shop.at)
    choose_wire(shop.gateways, draft, shop.now)
    assert submit_order(draft, shop.at).state == "pending_clearance"


def test_what_was_canceled_is_not(shop: Shop, draft: int) -> None:
    cancel_order(shop.gateways, draft, shop.now)
    with pytest.raises(OrderSettled, match="canceled already"):
        submit_order(draft, shop.at)
