"""The operator gives money back."""

import contextlib
import uuid
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quartermaster.core.invoices.parties import Party
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.money import MICRO
from quartermaster.store.invoices.models import Invoice
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment, Refund
from quartermaster.usecases.orders.invoices.issue_credit_note import Wanted, issue_credit_note
from quartermaster.usecases.orders.invoices.set_billing_profile import set_billing_profile
from quartermaster.usecases.orders.invoices.set_tax import set_tax
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.refunds import _refunding
from quartermaster.usecases.orders.refunds._refunding import AmountCannotBeSplit
from quartermaster.usecases.orders.refunds.refund_payment import (
    Back,
    NothingToRefund,
    RefundInFlight,
    refund_payment,
)
from quartermaster.usecases.ports.gateways import Gateways
from tests import books
from tests.books import assert_books_hold, talk
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, Shop

DAY = timedelta(days=1)


def taxed(shop: Shop, rate: Decimal) -> None:
    """What is ordered from now on is taxed."""
    set_billing_profile(shop.books.workspace, Party("Shop", country="DE"), shop.at)
    set_tax(True, {"DE": rate}, shop.at)


def left(order: Order) -> int:
    """The most that can go back."""
    payment = queries.find_paid(order.id)
    assert payment is not None
    return _refunding.left_minor(payment, queries.get(order.id))


def test_credit_goes_back_at_once(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    refund = shop.refund(order, 4_000)
    assert (refund.outcome, refund.known_at, refund.by) == ("succeeded", shop.at, "operator")
    assert (shop.books.paid(), queries.get(order.id).state) == (60 * MICRO, "fulfilled")
    assert_books_hold()
    shop.refund(order, 6_000)
    assert (shop.books.paid(), queries.get(order.id).state) == (0, "refunded")
    last = queries.steps_of(order.id)[-1]
    assert (last.event, last.by) == ("refunded", "operator")
    with pytest.raises(NothingToRefund):
        shop.refund(order, 1)
    assert_books_hold()


def test_never_more_than_was_paid_or_is_left(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    for amount in (0, -1, 10_001):
        with pytest.raises(NothingToRefund):
            shop.refund(order, amount)


def test_what_was_spent_stays(db: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk", free_micro=0, price="0.333333"))
    order = shop.pay_page(shop.fund())
    shop.books.feed(talk("u0"))
    assert shop.books.paid() == 99_666_667
    assert left(order) == 9_966, "not a part of a cent"
    with pytest.raises(NothingToRefund, match=r"at most \$99\.66 can"):
        shop.refund(order, 9_967)
    shop.refund(order, 9_966)
    assert shop.books.paid() == 6_667
    assert queries.get(order.id).state == "fulfilled"
    assert_books_hold()


def test_the_same_key_is_the_same_refund(shop: Shop) -> None:
    shop.pay_page(shop.fund())
    payment, key = Payment.objects.get(), uuid.uuid4()
    give: Any = lambda amount: refund_payment(  # noqa: E731
        shop.gateways, Back(payment, amount, "asked for", "operator"), key, shop.now
    )
    assert give(4_000) == give(4_000)
    with pytest.raises(KeyReused):
        give(4_001)
    assert shop.books.paid() == 60 * MICRO
    [there] = shop.provider.paid.values()
    assert sum(there.refunds.values()) == 4_000


def test_one_at_a_time(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    shop.provider.is_out = True
    assert shop.refund(order, 4_000).outcome is None
    assert shop.books.paid() == 60 * MICRO, "it cannot be spent meanwhile"
    with pytest.raises(RefundInFlight):
        shop.refund(order, 1_000)
    assert_books_hold()


def test_what_was_not_paid_does_not_go_back(shop: Shop) -> None:
    payment = shop.open(shop.fund())
    back = Back(payment, 1, "asked for", "operator")
    with pytest.raises(NothingToRefund):
        refund_payment(shop.gateways, back, uuid.uuid4(), shop.now)
    assert not Refund.objects.exists()


def test_by_hand_it_went_back_by_ways_of_their_own(shop: Shop) -> None:
    order = shop.buy(ESSENTIAL)
    payment = queries.find_paid(order.id)
    assert payment is not None
    back = Back(payment, 6_000, "asked for", "operator")
    assert refund_payment(Gateways(), back, uuid.uuid4(), shop.now).outcome == "succeeded"
    assert queries.get(order.id).state == "refunded"
    assert shop.subscription.state == "active"
    assert_books_hold()


def test_declined_the_credit_is_there_again(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    [there] = shop.provider.paid.values()
    there.refunds["by the operator at the provider"] = 9_000
    assert shop.refund(order, 4_000).outcome == "declined"
    assert (shop.books.paid(), left(order)) == (100 * MICRO, 10_000)
    assert_books_hold()
    shop.refund(order, 1_000)
    assert_books_hold()


def test_declined_after_the_wallet_went_into_debt(db: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk", free_micro=0))
    order = shop.pay_page(shop.fund())
    shop.provider.is_out = True
    shop.refund(order, 10_000)
    shop.books.feed(talk("u0"))
    assert shop.books.paid() == -200_000
    assert_books_hold()
    shop.provider.is_out = False
    [there] = shop.provider.paid.values()
    there.refunds["at the provider"] = 9_000
    shop.run_due(shop.at + timedelta(minutes=5))
    assert shop.books.paid() == 99_800_000
    assert left(order) == 9_980
    assert_books_hold()
    shop.books.feed(talk("u100"))
    assert_books_hold()


def test_of_an_upgraded_plan_never_more_than_was_paid(shop: Shop) -> None:
    first = shop.pay_page(shop.order(ESSENTIAL))
    shop.at += 7 * DAY
    second = shop.pay_page(shop.order(ADVANCED))
    assert (left(first), left(second)) == (0, second.total_minor), "the upgrade credited the first"
    shop.refund(second, second.total_minor)
    assert queries.get(second.id).state == "refunded"
    assert shop.subscription.version.key == ADVANCED, "it goes on"
    assert_books_hold()
    shop.at += 7 * DAY
    again = shop.order(ADVANCED, seats=4)
    credited = -sum(amount for _, amount in shop.lines(again) if amount < 0)
    assert 0 <= credited < first.total_minor
    assert_books_hold()


def test_what_went_back_is_not_credited_by_a_change(shop: Shop) -> None:
    order = shop.pay_page(shop.order(ESSENTIAL))
    shop.refund(order, 6_000)
    change = shop.order(ADVANCED)
    assert [amount for _, amount in shop.lines(change) if amount < 0] == []
    shop.pay_page(change)
    assert_books_hold()


@pytest.mark.parametrize("is_declined", [False, True])
def test_what_is_going_back_is_not_credited_by_a_change_meanwhile(
    shop: Shop, is_declined: bool
) -> None:
    order = shop.pay_page(shop.order(ESSENTIAL))
    shop.provider.is_out = True
    shop.refund(order, 5_000)
    change = shop.order(ADVANCED)
    assert [amount for _, amount in shop.lines(change) if amount < 0] == [-1_000]
    shop.provider.is_out = False
    if is_declined:
        shop.provider.paid[next(iter(shop.provider.paid))].refunds["elsewhere"] = 6_000
    shop.pay_page(change)
    shop.run_due(shop.at + timedelta(minutes=5))
    assert Refund.objects.get().outcome == ("declined" if is_declined else "succeeded")
    assert_books_hold()


def test_an_order_that_waits_has_what_it_credits(shop: Shop) -> None:
    order = shop.pay_page(shop.order(ESSENTIAL))
    shop.order(ADVANCED)
    with pytest.raises(NothingToRefund):
        shop.refund(order, 1)


def test_an_order_that_came_to_nothing_holds_nothing_back(shop: Shop) -> None:
    bought = shop.buy(ESSENTIAL)
    waiting = shop.order(ADVANCED)
    cancel_order(shop.gateways, waiting.id, shop.now)
    shop.refund(bought, left(bought))
    assert queries.get(bought.id).state == "refunded"
    assert_books_hold()


@given(
    rate=st.decimals(0, 27, places=1),
    parts=st.lists(st.integers(1, 16_000), min_size=1, max_size=4),
    kind=st.sampled_from(("funds", "plan")),
)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.django_db
def test_tax_goes_back_with_it_to_the_cent(rate: Decimal, parts: list[int], kind: str) -> None:
    """And credit notes say the same; amounts that rounding passes by are refused."""
    with transaction.atomic():
        shop = Shop.opened(books.open_books("helpdesk"))
        taxed(shop, rate)
        order = shop.fund(11_111) if kind == "funds" else shop.order(ESSENTIAL)
        order = shop.pay_page(order)
        for part in (*parts, order.due_minor):
            if (amount := min(part, left(order))) > 0:
                with contextlib.suppress(AmountCannotBeSplit):
                    shop.refund(order, amount)
                assert_books_hold()
        assert queries.get(order.id).state == "refunded"
        gone = list(Refund.objects.filter(payment__order=order).order_by("id"))
        assert sum(one.tax_minor for one in gone) == order.tax_minor
        assert sum(one.amount_minor for one in gone) == order.due_minor
        notes = Invoice.objects.filter(order=order, kind="credit_note").order_by("id")
        assert [(one.total_minor, one.tax_minor) for one in notes] == [
            (one.amount_minor, one.tax_minor) for one in gone
        ]
        transaction.set_rollback(True)


def test_what_was_credited_by_hand_is_not_credited_again(shop: Shop) -> None:
    order = shop.pay_page(shop.fund(10_000))
    invoice = Invoice.objects.get()
    wanted = Wanted(shop.bot.workspace, invoice.public_id, "A favour", {1: 3_000})
    issue_credit_note(wanted, uuid.uuid4(), shop.at)
    for part, credited in ((2_000, 3_000), (2_500, 4_500), (500, 5_000)):
        shop.refund(order, part)
        notes = Invoice.objects.filter(kind="credit_note")
        assert sum(one.net_minor for one in notes) == credited
    assert_books_hold()


def test_two_at_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    order = shop.pay_page(shop.fund())
    at_once(*[partial(shop.refund, order, 6_000)] * 2)
    assert shop.books.paid() == 40 * MICRO
    assert Refund.objects.count() == 1
    assert_books_hold()


def test_against_spending(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk", free_micro=0, price="30"))
    order = shop.pay_page(shop.fund())
    shop.books.submit(talk("u0"))
    at_once(partial(shop.refund, order, 10_000), books.drain)
    books.drain()  # a meter passes by a workspace that somebody holds
    assert shop.books.paid() in (70 * MICRO, -30 * MICRO)
    assert_books_hold()
