"""What came of an attempt."""

from functools import partial

from django.db.models import F

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Payment
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.store.subscriptions.models import Phase, Subscription
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import PaymentAnswer
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, Shop

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


def test_a_change_that_can_be_given_no_longer_stays_paid_and_credits_nothing(shop: Shop) -> None:
    first = shop.buy(ESSENTIAL)
    change = shop.order(ADVANCED)
    payment = begin_payment(change.id, BY_HAND, shop.at)
    Subscription.objects.update(revision=F("revision") + 1)
    assert settle_payment(payment.id, PaymentAnswer(PAID), shop.at).state == "paid"
    assert queries.left_of(first.id) == first.total_minor
    assert shop.subscription.version.key == ESSENTIAL
    assert_books_hold()


def test_a_change_of_what_was_canceled_meanwhile_is_not_a_subscription(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    payment = begin_payment(shop.order(ADVANCED).id, BY_HAND, shop.at)
    Subscription.objects.update(state="canceled", canceled_at=shop.at)
    assert settle_payment(payment.id, PaymentAnswer(PAID), shop.at).state == "paid"
    assert Subscription.objects.count() == 1
    assert_books_hold()
