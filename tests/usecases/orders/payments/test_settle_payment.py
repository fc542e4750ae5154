"""What came of an attempt."""

from functools import partial

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders.models import Payment
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.store.subscriptions.models import Phase, Subscription
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import PaymentAnswer
from tests import books
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, Shop

PAID = Outcome.SUCCEEDED


def test_however_often_it_is_told_it_is_fulfilled_once(shop: Shop) -> None:
    payment = begin_payment(shop.order(ESSENTIAL).id, BY_HAND, shop.at)
    for outcome in (PAID, PAID, Outcome.DECLINED, Outcome.UNKNOWN):
        assert settle_payment(payment.id, PaymentAnswer(outcome), shop.at).state == "fulfilled"
    assert Subscription.objects.count() == Phase.objects.count() == 1
    payment.refresh_from_db()
    assert payment.outcome == "succeeded"


def test_unknown_changes_nothing(shop: Shop) -> None:
    payment = begin_payment(shop.order(ESSENTIAL).id, BY_HAND, shop.at)
    assert (
        settle_payment(payment.id, PaymentAnswer(Outcome.UNKNOWN), shop.at).state
        == "awaiting_payment"
    )
    payment.refresh_from_db()
    assert payment.outcome is None


def test_a_reason_is_kept(shop: Shop) -> None:
    payment = begin_payment(shop.order(ESSENTIAL).id, BY_HAND, shop.at)
    settle_payment(payment.id, PaymentAnswer(Outcome.DECLINED, "insufficient funds"), shop.at)
    payment.refresh_from_db()
    assert (payment.outcome, payment.reason) == ("declined", "insufficient funds")
    assert payment.known_at == shop.at


def test_told_twice_at_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    payment = begin_payment(shop.order(ESSENTIAL).id, BY_HAND, shop.at)
    found = at_once(*[partial(settle_payment, payment.id, PaymentAnswer(PAID), shop.at)] * 3)
    assert {order.state for order in found} == {"fulfilled"}
    assert Subscription.objects.count() == 1
    assert Payment.objects.count() == 1
