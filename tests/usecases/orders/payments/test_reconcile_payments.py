"""The provider's books beside ours: what agrees is not told, and nothing is changed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.reconciliation import Fault
from quartermaster.core.periods import Period
from quartermaster.store.orders.models import Payment, Refund
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.payments.reconcile_payments import reconcile_payments
from quartermaster.usecases.ports.gateways import Unavailable
from tests.books import open_books
from tests.fakes.provider import Paid
from tests.usecases.shop import START, Shop

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
END = START + 24 * HOUR
DAY = Period(START, END)
NEXT = Period(END, END + 24 * HOUR)


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """Whose provider has its clock."""
    shop.provider.at = shop.at
    return shop


def paid(shop: Shop) -> Paid:
    """A page that was paid, as the provider has it."""
    shop.pay_page(shop.fund())
    return list(shop.provider.paid.values())[-1]


def faults(shop: Shop) -> list[Fault]:
    """What differs of a day."""
    return [one.fault for one in reconcile_payments(shop.provider, DAY, END)]


def test_books_that_agree(shop: Shop) -> None:
    order = shop.pay_page(shop.fund(), is_saved=True)
    shop.refund(order, 1_000)
    shop.pay(shop.fund())
    left = shop.open(shop.fund())
    shop.provider.turn_back(left.reference)
    shop.complete(left)
    assert faults(shop) == []


def test_each_fault(shop: Shop) -> None:
    missing, declined, less, back = (paid(shop) for _ in range(4))
    del shop.provider.paid[missing.reference]
    declined.outcome = Outcome.DECLINED
    assert less.request is not None
    object.__setattr__(less.request, "amount_minor", 9_999)
    back.refunds["of their own"] = 1
    before = list(Payment.objects.order_by("id").values())
    assert faults(shop) == [Fault.NOT_THERE, Fault.OUTCOME, Fault.AMOUNT, Fault.REFUNDED]
    assert list(Payment.objects.order_by("id").values()) == before


def test_what_only_the_provider_has(shop: Shop) -> None:
    found = paid(shop)
    Payment.objects.update(public_id="pay_x", reference="mem_x", outcome="declined")
    [one] = reconcile_payments(shop.provider, DAY, END)
    assert (one.fault, one.ours) == (Fault.NOT_HERE, None)
    assert one.theirs is not None
    assert one.theirs.reference == found.reference


def test_what_is_not_known_yet_is_no_fault(shop: Shop) -> None:
    shop.open(shop.fund())
    assert faults(shop) == []
    (opened,) = shop.provider.paid.values()
    opened.outcome = Outcome.SUCCEEDED
    assert faults(shop) == [], "we have not asked yet"


def test_a_payment_that_the_report_does_not_name_by_its_key(shop: Shop) -> None:
    found = paid(shop)
    assert found.request is not None
    object.__setattr__(found.request, "key", "")
    assert faults(shop) == []


@pytest.mark.parametrize(
    ("begun", "is_told"),
    [(START - TICK, False), (START, True), (END - TICK, True), (END, False)],
)
@pytest.mark.parametrize("late", [-HOUR / 2, timedelta(), HOUR / 2])
def test_the_edges_are_where_we_began_it(
    shop: Shop, begun: object, is_told: bool, late: timedelta
) -> None:
    """However the provider's clock goes, up to an hour."""
    found = paid(shop)
    Payment.objects.update(begun_at=begun)
    found.at = Payment.objects.get().begun_at + late
    assert faults(shop) == []
    found.refunds["of their own"] = 1
    assert faults(shop) == ([Fault.REFUNDED] if is_told else [])


def test_a_report_that_calls_a_payment_otherwise(shop: Shop) -> None:
    """As PayPal does where it names no order: the key is there always."""
    paid(shop).reference = "capture_1"
    assert faults(shop) == []


def test_a_report_without_what_came_to_nothing(shop: Shop) -> None:
    """As PayPal's, which has no orders that were not paid."""
    payment = shop.open(shop.fund())
    shop.provider.turn_back(payment.reference)
    shop.complete(payment)
    shop.provider.paid.clear()
    assert faults(shop) == []


def test_a_report_that_has_the_refunds_of_its_days_only(shop: Shop) -> None:
    """As PayPal's: one of later days is told, and a person sees it in both books."""
    order = shop.pay_page(shop.fund())
    shop.refund(order, 1_000)
    (found,) = shop.provider.paid.values()
    found.refunds.clear()
    [one] = reconcile_payments(shop.provider, DAY, END)
    assert one.fault is Fault.REFUNDED
    assert one.ours is not None
    assert one.theirs is not None
    assert (one.ours.refunded_minor, one.theirs.refunded_minor) == (1_000, 0)


def test_payments_of_others_are_not_looked_at(shop: Shop) -> None:
    paid(shop)
    Payment.objects.update(provider="stripe")
    shop.provider.paid.clear()
    assert faults(shop) == []


def test_a_provider_that_is_away(shop: Shop) -> None:
    shop.provider.is_out = True
    with pytest.raises(Unavailable):
        faults(shop)


def test_a_page_that_was_paid_the_next_day(shop: Shop) -> None:
    """PayPal's report has it then, for its books have no pages: it is of the day it was begun."""
    found = paid(shop)
    found.at = END + 11 * HOUR
    for period in (DAY, NEXT):
        assert reconcile_payments(shop.provider, period, END + 48 * HOUR) == []
    [one] = reconcile_payments(shop.provider, DAY, END + 10 * HOUR)
    assert one.fault is Fault.NOT_THERE, "not in the report yet"
    Payment.objects.update(public_id="pay_x", reference="mem_x", outcome="declined")
    assert reconcile_payments(shop.provider, DAY, END + 48 * HOUR) == []
    [one] = reconcile_payments(shop.provider, NEXT, END + 48 * HOUR)
    assert one.fault is Fault.NOT_HERE


def test_a_refund_that_is_not_known_yet_is_no_fault(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    shop.provider.loses_next = True
    shop.refund(order, 1_000)
    (found,) = shop.provider.paid.values()
    assert (Refund.objects.get().outcome, sum(found.refunds.values())) == (None, 1_000)
    assert faults(shop) == []
    found.refunds.clear()
    assert faults(shop) == []
    found.refunds["of their own"] = 1_001
    assert faults(shop) == [Fault.REFUNDED]


def test_a_clock_that_stands_has_other_dates_than_the_provider(db: None) -> None:
    """Its payments are found by their names, and of no day but the provider's."""
    shop = Shop.opened(open_books("helpdesk", is_test=True))
    shop.provider.at = shop.at
    found = paid(shop)
    Payment.objects.update(begun_at=END + 300 * 24 * HOUR)
    Workspace.objects.update(frozen_at=END + 300 * 24 * HOUR)
    assert faults(shop) == []
    found.refunds["of their own"] = 1
    assert faults(shop) == [Fault.REFUNDED]
    assert reconcile_payments(shop.provider, NEXT, END + 48 * HOUR) == []
    Payment.objects.update(begun_at=START)
    shop.provider.paid.clear()
    assert faults(shop) == [], "its day is not the provider's"


def test_as_many_queries_for_many_as_for_few(shop: Shop) -> None:
    asked = []
    for more in (1, 4):
        for _ in range(more):
            shop.refund(shop.pay_page(shop.fund()), 1_000)
        with CaptureQueriesContext(connection) as few:
            assert faults(shop) == []
        asked.append(len(few))
    assert asked[0] == asked[1]


def test_a_lost_dispute_until_it_is_noted(shop: Shop) -> None:
    """One that is not decided yet is no difference."""
    order = shop.pay_page(shop.fund())
    (found,) = shop.provider.paid.values()
    shop.provider.dispute(found.reference, 5_000)
    shop.notify()
    assert faults(shop) == []
    shop.provider.lose(found.reference)
    shop.notify()
    assert faults(shop) == [Fault.LOST]
    shop.refund(order, 5_000, is_outside=True)
    assert faults(shop) == []


def test_a_refund_at_the_provider_until_it_is_noted(shop: Shop) -> None:
    order = shop.pay_page(shop.fund())
    (found,) = shop.provider.paid.values()
    found.refunds["theirs"] = 5_000
    assert faults(shop) == [Fault.REFUNDED]
    shop.refund(order, 5_000, is_outside=True)
    assert faults(shop) == []
