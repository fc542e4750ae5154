"""Whatever is done in whatever order: it is refused or done, and the books hold."""

import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.billing.models import MethodSetup
from quartermaster.store.orders import checks, queries
from quartermaster.store.orders.models import Order, Payment, Refund
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.payments.report_payment import report_payment
from quartermaster.usecases.orders.payments.withdraw_payment import withdraw_payment
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.placing.expire_orders import expire_orders
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.ports.gateways import Decline, PaymentAnswer
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.keep_subscription import keep_subscription
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests import books
from tests.books import assert_books_hold
from tests.fakes.gateway import Unreachable
from tests.fakes.provider import Paid
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, Shop

Act = Callable[[Shop], Any]


def latest(shop: Shop) -> Order:
    """The order that acts are about."""
    return queries.get(Order.objects.latest("id").id)


def pays(outcome: Outcome | None) -> Act:
    """An attempt with this outcome; None: no answer, though it was paid."""

    def pay(shop: Shop) -> None:
        shop.gateway.next = [outcome]
        collect_payment(shop.gateways, latest(shop), lambda: shop.at)

    return pay


def settles(outcome: Outcome) -> Act:
    """The job, with this answer to what it asks first."""

    def settle(shop: Shop) -> None:
        shop.gateway.next = [outcome]
        shop.run_due(shop.at)

    return settle


def reports(outcome: Outcome) -> Act:
    """The operator says so."""
    return lambda shop: report_payment(
        shop.gateways, latest(shop).id, PaymentAnswer(outcome), shop.now
    )


def declined(shop: Shop) -> None:
    """The operator says so, who would not where the money is there."""
    waits = queries.find_in_flight(latest(shop).id)
    if waits is None or waits.public_id not in shop.gateway.taken:
        reports(Outcome.DECLINED)(shop)


def page(shop: Shop) -> Paid:
    """The page that was opened last; LookupError where it is closed."""
    paid = list(shop.provider.paid.values())[-1]
    if paid.outcome is not Outcome.UNKNOWN:
        raise LookupError
    return paid


def withdraws(shop: Shop) -> None:
    """The buyer gives up the attempt that is in flight."""
    payment = queries.find_in_flight(latest(shop).id)
    if payment is not None:
        withdraw_payment(shop.gateways, payment, shop.now)


def returns(shop: Shop) -> None:
    """The buyer comes back, from whatever page."""
    shop.complete(Payment.objects.exclude(url="").latest("id"))


def refunds(part: int) -> Act:
    """One part in so many of what was paid last goes back."""

    def refund(shop: Shop) -> None:
        paid = Payment.objects.filter(outcome="succeeded").latest("known_at", "id")
        shop.refund(paid.order, max(1, paid.amount_minor // part))

    return refund


def loses(part: int) -> Act:
    """One part in so many of what was paid first was called back for good, and that is noted."""

    def lose(shop: Shop) -> None:
        paid = Payment.objects.filter(outcome="succeeded").earliest("known_at", "id")
        amount = max(1, paid.amount_minor // part)
        if paid.provider:
            there = shop.provider.paid[paid.reference]
            there.disputed_minor = there.lost_minor = there.lost_minor + amount
        shop.refund(paid.order, amount, is_outside=True)

    return lose


def says(**changes: Any) -> Act:
    """The provider from now on."""

    def act(shop: Shop) -> None:
        for change in changes.items():
            setattr(shop.provider, *change)

    return act


PROVIDER: dict[str, Act] = {
    "funds": lambda shop: shop.fund(),
    "page": lambda shop: shop.open(latest(shop)),
    "page, saved": lambda shop: shop.open(latest(shop), "paypal", True),
    "buyer pays": lambda shop: shop.provider.pay(page(shop).reference),
    "buyer turns back": lambda shop: shop.provider.turn_back(page(shop).reference),
    "buyer returns": returns,
    "notices": lambda shop: shop.notify(),
    "notices, reordered": lambda shop: shop.notify(*reversed(shop.provider.told)),
    "page withdrawn": withdraws,
    "wire": lambda shop: choose_wire(shop.gateways, latest(shop).id, shop.now),
    "expire": lambda shop: list(expire_orders(shop.gateways, shop.now)),
    "refund": refunds(1),
    "refund a part": refunds(3),
    "lost": loses(1),
    "lost in part": loses(3),
    "save": lambda shop: shop.provider.pay(shop.begin_setup().reference),
    "provider away": says(is_out=True),
    "provider back": says(is_out=False),
    "answer lost": says(loses_next=True),
    "card declined": says(next=[Decline.INSUFFICIENT_FUNDS]),
}
ACTS: dict[str, Act] = PROVIDER | {
    "essential": lambda shop: shop.order(ESSENTIAL),
    "more seats": lambda shop: shop.order(ESSENTIAL, seats=5),
    "annual": lambda shop: shop.order(ESSENTIAL, "annual"),
    "advanced": lambda shop: shop.order(ADVANCED),
    "advanced annual": lambda shop: shop.order(ADVANCED, "annual", 4),
    **{f"pay: {outcome}": pays(outcome) for outcome in (*Outcome, None)},
    **{f"settle: {outcome}": settles(outcome) for outcome in Outcome},
    "paid": reports(Outcome.SUCCEEDED),
    "declined": declined,
    "withdraw": lambda shop: cancel_order(shop.gateways, latest(shop).id, shop.now),
    "cancel": lambda shop: cancel_subscription(shop.bot, PRODUCT, shop.at),
    "keep": lambda shop: keep_subscription(shop.bot, PRODUCT, shop.at),
    "trial": lambda shop: start_trial(shop.bot, ESSENTIAL, shop.at),
}


def taken(shop: Shop) -> set[str]:
    """The keys of what was paid, as those who took it know."""
    paid = shop.provider.paid.values()
    by_page = {one.request.key for one in paid if one.request and one.outcome == "succeeded"}
    return by_page | shop.gateway.taken.keys()


UPGRADING = (("essential", 0), ("pay: succeeded", 0), ("advanced", 0))
MINUTES = st.sampled_from((0, 1, 60, 1_440, 8_640, 14 * 1_440, 31 * 1_440))


@pytest.mark.django_db
@given(acts=st.lists(st.tuples(st.sampled_from(sorted(ACTS)), MINUTES), max_size=25))
@example([("trial", 0), ("cancel", 0)])
@example([("essential", 0), ("trial", 0), ("pay: succeeded", 0)])
@example([*UPGRADING, ("cancel", 0), ("keep", 0), ("pay: succeeded", 0)])
@example([("funds", 0), ("page", 0), ("expire", 1_441), ("buyer pays", 0), ("notices", 0)])
@example([("essential", 0), ("page", 0), ("buyer pays", 0), ("refund", 0), ("advanced", 1_440)])
@example([*UPGRADING, ("lost", 0), ("pay: succeeded", 0), ("lost", 0), ("more seats", 60)])
@example([*UPGRADING, ("pay: succeeded", 0), ("lost in part", 0), ("lost in part", 1_440)])
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_acts(acts: Sequence[tuple[str, int]]) -> None:
    with transaction.atomic():
        shop = Shop.opened(books.open_books("helpdesk"))
        for name, minutes in acts:
            shop.at += timedelta(minutes=minutes)
            shop.gateway.next = []
            with contextlib.suppress(Refusal, Unreachable, LookupError, ObjectDoesNotExist):
                ACTS[name](shop)
            assert [found for _, found in checks.run()] == [[]] * len(checks.NAMES)
            assert Subscription.objects.exclude(state="canceled").count() <= 1
        shop.gateway.next, shop.provider.next = [], []
        shop.provider.is_out = shop.provider.loses_next = False
        shop.run_due(shop.at + timedelta(days=1, minutes=1))
        kept = Payment.objects.filter(
            outcome="succeeded", order__state__in=("fulfilled", "paid", "refunded")
        )
        assert taken(shop) <= set(kept.values_list("public_id", flat=True))
        assert not Payment.objects.filter(outcome=None).exists()
        assert not Refund.objects.filter(outcome=None).exists()
        assert not MethodSetup.objects.filter(outcome=None).exists()
        assert_books_hold()
        transaction.set_rollback(True)
