"""What came of an attempt is asked for, with its own key."""

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders.models import Payment
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from tests.fakes.gateway import Unreachable
from tests.usecases.shop import ESSENTIAL, Shop


def test_the_same_attempt_however_often(shop: Shop) -> None:
    payment = begin_payment(shop.order(ESSENTIAL).id, BY_HAND, shop.at)
    shop.gateway.next = [Outcome.UNKNOWN, None]
    assert complete_payment(shop.gateways, payment, lambda: shop.at).state == "awaiting_payment"
    with pytest.raises(Unreachable):
        complete_payment(shop.gateways, payment, lambda: shop.at)
    for _ in range(2):
        assert complete_payment(shop.gateways, payment, lambda: shop.at).state == "fulfilled"
    assert {request.key for request in shop.gateway.asked} == {payment.public_id}


def test_what_was_declined_is_not_tried_again_by_it(shop: Shop) -> None:
    payment = begin_payment(shop.order(ESSENTIAL).id, BY_HAND, shop.at)
    shop.gateway.next = [Outcome.DECLINED]
    for _ in range(2):
        complete_payment(shop.gateways, payment, lambda: shop.at)
    assert Payment.objects.count() == 1
