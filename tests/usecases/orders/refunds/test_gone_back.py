"""Money that went back by ways of others, and is noted here."""

import uuid
from datetime import timedelta

import pytest

from quartermaster.core.money import MICRO
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.notices.models import Key, Notice
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.wallets.models import Lot
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.refunds.refund_payment import (
    Back,
    NothingToRefund,
    refund_payment,
)
from quartermaster.usecases.ports.gateways import Unavailable
from tests import books
from tests.books import assert_books_hold, talk
from tests.fakes.provider import Paid
from tests.usecases.shop import ADVANCED, ESSENTIAL, Shop


@pytest.fixture
def shop(db: None) -> Shop:
    """A session costs $40, and there is no free credit."""
    return Shop.opened(books.open_books("helpdesk", free_micro=0, price="40"))


def there(shop: Shop, order: Order) -> Paid:
    """The payment of an order as the provider has it."""
    payment = queries.find_paid(order.id)
    assert payment is not None
    return shop.provider.paid[payment.reference]


def lose(shop: Shop, order: Order, amount_minor: int) -> None:
    """The buyer's bank calls so much back, and keeps it."""
    reference = there(shop, order).reference
    shop.provider.dispute(reference, amount_minor)
    shop.provider.lose(reference)


def test_at_the_page_of_the_provider(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    there(shop, order).refunds["theirs"] = 4_000
    refund = shop.refund(order, 4_000, is_outside=True)
    assert (refund.outcome, refund.is_outside, refund.known_at) == ("succeeded", True, shop.at)
    assert list(there(shop, order).refunds.values()) == [4_000], "the provider gives nothing more"
    assert shop.books.paid() == 60 * MICRO
    note = Invoice.objects.get(kind="credit_note")
    assert (note.total_minor, note.order_id) == (4_000, order.id)
    assert Notice.objects.filter(key=Key.REFUND_ISSUED).count() == 1
    assert_books_hold()


def test_credit_that_was_spent_is_debt(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    shop.books.feed(talk("u0"))
    lose(shop, order, 10_000)
    shop.refund(order, 10_000, is_outside=True)
    assert (shop.books.paid(), queries.get(order.id).state) == (-40 * MICRO, "refunded")
    assert_books_hold()
    shop.pay_page(shop.fund())
    assert shop.books.paid() == 60 * MICRO, "the next funds settle it first"
    assert_books_hold()
    shop.books.feed(talk("u100"))
    assert shop.books.paid() == 20 * MICRO
    assert_books_hold()


def test_other_credit_of_the_wallet_settles_the_debt(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    shop.books.feed(talk("u0"))
    shop.books.feed(talk("u100"))
    shop.pay_page(shop.fund())
    lose(shop, order, 10_000)
    shop.refund(order, 10_000, is_outside=True)
    assert shop.books.paid() == 20 * MICRO
    first, second = Lot.objects.filter(bot=shop.bot).order_by("id")
    assert (first.remaining_micro, second.remaining_micro) == (0, 20 * MICRO)
    assert second.settled_micro == 80 * MICRO
    assert_books_hold()
    shop.books.feed(talk("u200"))
    assert shop.books.paid() == -20 * MICRO
    assert_books_hold()


def test_never_more_than_the_provider_says(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    shop.refund(order, 1_000)
    with pytest.raises(NothingToRefund, match=r"memory says that \$0\.00 more went back"):
        shop.refund(order, 1, is_outside=True)
    shop.provider.dispute(there(shop, order).reference, 5_000)
    with pytest.raises(NothingToRefund):
        shop.refund(order, 5_000, is_outside=True)
    shop.provider.lose(there(shop, order).reference)
    shop.refund(order, 5_000, is_outside=True)
    with pytest.raises(NothingToRefund):
        shop.refund(order, 1, is_outside=True)
    assert_books_hold()


def test_whoever_looks_sees_the_dispute(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    lose(shop, order, 5_000)
    shop.refund(order, 5_000, is_outside=True)
    payment = Payment.objects.get()
    assert (payment.disputed_minor, payment.lost_minor) == (5_000, 5_000)
    assert payment.disputed_at == shop.at


def test_a_provider_that_is_away(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    lose(shop, order, 5_000)
    shop.provider.is_out = True
    with pytest.raises(Unavailable):
        shop.refund(order, 5_000, is_outside=True)


def test_the_same_key_asks_nobody_again(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    lose(shop, order, 5_000)
    payment = queries.find_paid(order.id)
    assert payment is not None
    key, back = uuid.uuid4(), Back(payment, 5_000, "lost", "operator", is_outside=True)
    made = refund_payment(shop.gateways, back, key, shop.now)
    shop.provider.is_out = True
    assert refund_payment(shop.gateways, back, key, shop.now) == made


def test_one_that_is_switched_off_cannot_be_asked(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    shop.provider.name = "another"
    assert shop.refund(order, 5_000, is_outside=True).outcome == "succeeded"
    with pytest.raises(NothingToRefund, match=r"at most \$50\.00 can"):
        shop.refund(order, 5_001, is_outside=True)
    assert_books_hold()


def test_of_terms_that_a_change_has_credited(shop: Shop) -> None:
    first = shop.pay_page(shop.order(ESSENTIAL))
    shop.at += timedelta(days=7)
    waiting = shop.order(ADVANCED)
    lose(shop, first, first.total_minor)
    with pytest.raises(NothingToRefund, match=f"{waiting.public_id} waits"):
        shop.refund(first, first.total_minor, is_outside=True)
    shop.pay_page(waiting)
    shop.refund(first, first.total_minor, is_outside=True)
    assert queries.get(first.id).state == "refunded"
    assert shop.subscription.state == "active"
    assert_books_hold()


def test_of_terms_it_is_credited_no_more(shop: Shop) -> None:
    first = shop.pay_page(shop.order(ESSENTIAL))
    cancel_order(shop.gateways, shop.order(ADVANCED).id, shop.now)
    lose(shop, first, first.total_minor)
    shop.refund(first, first.total_minor, is_outside=True)
    assert [amount for _, amount in shop.lines(shop.order(ADVANCED)) if amount < 0] == []
    assert_books_hold()


def test_usage_that_is_taken_back_after_it_became_debt(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    shop.books.feed(talk("u0 u10 u20"))
    lose(shop, order, 10_000)
    shop.refund(order, 10_000, is_outside=True)
    assert shop.books.paid() == -80 * MICRO
    shop.books.feed(talk("t1 r60"))
    assert shop.books.paid() == -40 * MICRO
    assert_books_hold()
    shop.pay_page(shop.fund())
    assert shop.books.paid() == 60 * MICRO
    assert_books_hold()
    shop.books.feed(talk("u100"))
    shop.books.feed(talk("u200"))
    assert shop.books.paid() == -20 * MICRO
    assert_books_hold()
