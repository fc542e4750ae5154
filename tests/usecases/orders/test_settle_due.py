"""All that is due is settled, wherever it was cut off before."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import connection

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.people import operations as people
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.orders.methods.choose_default import choose_default
from quartermaster.usecases.orders.settling.settle_due import Settled, settle_due
from quartermaster.usecases.ports.gateways import Decline, Gateways, PaymentAnswer, PaymentRequest
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from tests import books
from tests.books import assert_books_hold
from tests.fakes.gateway import FakeGateway, Unreachable
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, PRODUCT, Shop

END = datetime(2026, 2, 28, tzinfo=UTC)
SOON = END + timedelta(minutes=5)
DECLINED, UNKNOWN = Outcome.DECLINED, Outcome.UNKNOWN


class PowerCut(Exception):
    """Everything stops here."""


@dataclass
class Clock:
    """Says the same time again and again, and stops everything when it is asked once too often."""

    at: datetime
    left: int

    def __call__(self) -> datetime:
        if not self.left:
            raise PowerCut
        self.left -= 1
        return self.at


class Away(FakeGateway):
    """Does not answer, and takes nothing."""

    def charge(self, request: PaymentRequest) -> PaymentAnswer:
        raise Unreachable


def settle(shop: Shop, at: datetime, gateway: FakeGateway | None = None) -> list[Settled]:
    """Once."""
    return list(settle_due(Gateways(otherwise=gateway or shop.gateway), lambda: at))


def states(found: list[Settled]) -> list[str]:
    assert not [one.failure for one in found if one.failure]
    return [one.state for one in found]


@pytest.fixture
def due(shop: Shop) -> Shop:
    """One subscription whose cycle ends at END."""
    shop.buy(ESSENTIAL)
    return shop


def assert_renewed_once(shop: Shop) -> None:
    """One cycle was ordered, and it was paid once."""
    assert shop.subscription.cycle_start_at == END
    assert shop.subscription.state == "active"
    assert Order.objects.filter(kind="renew").count() == 1
    assert len(shop.gateway.taken) == 2


def test_every_cycle_that_has_ended(due: Shop) -> None:
    assert settle(due, END - timedelta(microseconds=1)) == []
    assert states(settle(due, datetime(2026, 5, 1, tzinfo=UTC))) == ["active"] * 3
    assert settle(due, datetime(2026, 5, 1, tzinfo=UTC)) == []


def test_what_is_declined_is_not_tried_again_at_once(due: Shop) -> None:
    due.gateway.next = [DECLINED]
    assert states(settle(due, END)) == ["past_due"]
    assert settle(due, END + timedelta(hours=23)) == []
    assert states(settle(due, END + timedelta(days=1))) == ["active"]


def test_what_ends_is_told(due: Shop) -> None:
    cancel_subscription(due.bot, PRODUCT, due.at)
    assert states(settle(due, END)) == ["canceled"]


def test_a_payment_that_is_not_known_is_asked_for_after_a_minute(due: Shop) -> None:
    due.gateway.next = [UNKNOWN, UNKNOWN]
    assert states(settle(due, END)) == ["active"]
    assert settle(due, END + timedelta(seconds=59)) == []
    assert len(due.gateway.asked) == 2
    assert settle(due, END + timedelta(seconds=60)) == []
    assert states(settle(due, SOON)) == ["fulfilled"]
    assert len({request.key for request in due.gateway.asked[1:]}) == 1
    assert_renewed_once(due)


@pytest.mark.parametrize("ticks", range(4))
def test_cut_off_between_any_two_steps(due: Shop, ticks: int) -> None:
    clock = Clock(END, ticks)
    try:
        found = list(settle_due(due.gateways, clock))
    except PowerCut:
        found = []
    assert all(isinstance(one.failure, PowerCut) for one in found)
    assert clock.left == 0
    settle(due, SOON)
    assert_renewed_once(due)


def test_a_gateway_that_does_not_answer(due: Shop) -> None:
    [one] = settle(due, END, Away())
    assert isinstance(one.failure, Unreachable)
    settle(due, SOON)
    assert_renewed_once(due)


def test_a_gateway_that_took_it_and_did_not_answer(due: Shop) -> None:
    due.gateway.next = [None]
    [one] = settle(due, END)
    assert isinstance(one.failure, Unreachable)
    settle(due, SOON)
    assert_renewed_once(due)


def test_one_that_fails_holds_up_no_other(due: Shop) -> None:
    due.buy("support/enhanced")
    due.gateway.next = [None]
    found = settle(due, END)
    assert [type(one.failure) for one in found] == [Unreachable, type(None)]
    assert len(states(settle(due, SOON))) == 1
    assert set(Subscription.objects.values_list("cycle_start_at", flat=True)) == {END}


def test_one_workspace_alone(due: Shop) -> None:
    other = Shop(books.open_books("other"), due.bot, due.gateway)
    other.bot = other.books.bots["other"]
    other.buy(ESSENTIAL)
    due.gateway.next = [UNKNOWN]
    for shop in (other, due):
        [one] = settle_due(due.gateways, lambda: SOON, shop.bot.workspace_id)
        assert one.state == "active"
    assert Payment.objects.filter(outcome__isnull=True).count() == 1


def test_no_transaction_is_open_while_the_outside_is_asked(committed: None) -> None:
    class Watching(FakeGateway):
        def charge(self, request: PaymentRequest) -> PaymentAnswer:
            assert not connection.in_atomic_block
            return super().charge(request)

    shop = Shop.opened(books.open_books("helpdesk"), None)
    shop.buy(ESSENTIAL)
    assert states(settle(shop, END, Watching())) == ["active"]


@pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, DECLINED])
def test_two_jobs_at_once(committed: None, outcome: Outcome) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    shop.buy(ESSENTIAL)
    shop.gateway.next = [outcome] * 3
    job: Callable[[], list[Settled]] = partial(settle, shop, END)
    for found in at_once(*[job] * 3):
        states(found)
    renewals = Payment.objects.filter(order__kind="renew")
    assert [one.outcome for one in renewals] == [outcome]
    assert Order.objects.filter(kind="renew").count() == 1


def test_a_saved_way_to_pay_is_charged_and_asked_for_again(due: Shop) -> None:
    method = due.save()
    due.provider.hesitates = True
    due.at = END
    assert states(list(settle_due(due.gateways, due.now))) == ["active"]
    assert len(due.gateway.taken) == 1
    due.provider.settle()
    due.at = SOON
    assert states(list(settle_due(due.gateways, due.now))) == ["fulfilled"]
    paid = Payment.objects.latest("id")
    assert (paid.method, paid.outcome, paid.reference) == (
        method,
        "succeeded",
        list(due.provider.paid)[-1],
    )
    assert due.subscription.cycle_start_at == END
    assert_books_hold()


def test_a_card_that_is_declined_makes_past_due_and_another_pays(due: Shop) -> None:
    card = due.save()
    due.provider.later[card.token] = Decline.EXPIRED_CARD
    due.run_due(END)
    paid = Payment.objects.latest("id")
    assert (paid.code, due.subscription.state) == ("expired_card", "past_due")
    choose_default(due.bot.workspace, due.save("paypal").public_id)
    due.run_due(END + timedelta(days=1))
    assert due.subscription.state == "active"
    assert_books_hold()


def test_a_provider_that_is_switched_off_holds_up_nothing(due: Shop) -> None:
    due.open(due.fund())
    due.at = END
    assert states(list(settle_due(Gateways(otherwise=due.gateway), due.now))) == ["active"]
    due.run_due(SOON)
    assert Payment.objects.get(provider="memory").code == "canceled", "it stood for a day"


def test_refunds_and_setups_are_asked_for_again(due: Shop) -> None:
    order = due.pay_page(due.fund())
    setup = due.begin_setup()
    due.provider.pay(setup.reference)
    due.provider.loses_next = True
    refund = due.refund(order, 1_000)
    due.at += timedelta(seconds=59)
    assert list(settle_due(due.gateways, due.now)) == []
    due.at += timedelta(seconds=1)
    found = list(settle_due(due.gateways, due.now))
    assert [(one.name, one.state) for one in found] == [
        (refund.public_id, "succeeded"),
        (setup.public_id, "succeeded"),
    ]
    assert list(settle_due(due.gateways, due.now)) == []
    assert_books_hold()


def test_where_a_clock_stands_nothing_is_asked_for(db: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk", is_test=True))
    order = shop.pay_page(shop.fund())
    shop.begin_setup()
    shop.provider.loses_next = True
    shop.refund(order, 1_000)
    people.set_clock(shop.books.workspace.id, shop.at)
    shop.at = SOON
    assert list(settle_due(shop.gateways, shop.now)) == []
    assert len(list(settle_due(shop.gateways, shop.now, shop.books.workspace.id))) == 2


@pytest.mark.parametrize("is_lost", [False, True])
@pytest.mark.parametrize("ticks", range(4))
def test_cut_off_while_a_saved_way_to_pay_is_charged(due: Shop, ticks: int, is_lost: bool) -> None:
    due.save()
    due.provider.loses_next = is_lost
    found = []
    with contextlib.suppress(PowerCut):
        found = list(settle_due(due.gateways, Clock(END, ticks)))
    assert all(isinstance(one.failure, PowerCut) for one in found)
    due.provider.loses_next = False
    due.run_due(SOON)
    assert due.subscription.cycle_start_at == END
    taken = [one for one in due.provider.paid.values() if one.request]
    assert [one.outcome for one in taken] == ["succeeded"]
    assert_books_hold()
