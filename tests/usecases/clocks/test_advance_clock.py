"""A clock is moved on, and what would come has come."""

import time
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from quartermaster.adapters.payments import ByHand
from quartermaster.core.lifecycles import clocks
from quartermaster.core.lifecycles.clocks import ClockBackwards, ClockRuns
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import Cap
from quartermaster.core.money import MICRO
from quartermaster.store.billing import queries as billing
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.contracts import queries as contracts
from quartermaster.store.metering.models import Session
from quartermaster.store.orders.models import Order
from quartermaster.store.people.models import Workspace
from quartermaster.store.people.operations import ClockBusy
from quartermaster.store.wallets.models import Wallet
from quartermaster.usecases.clocks.advance_clock import Advanced, advance_clock
from quartermaster.usecases.clocks.freeze_clock import freeze_clock
from quartermaster.usecases.clocks.works import Works
from quartermaster.usecases.credits.lapse_credits import lapse_credits
from quartermaster.usecases.credits.rate_spending import rate_spending
from quartermaster.usecases.orders.recharge.set_recharge import Wanted as Recharge
from quartermaster.usecases.orders.recharge.set_recharge import set_recharge
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.plans.contracts.agree_contract import Wanted, agree_contract
from quartermaster.usecases.ports.gateways import (
    Decline,
    Gateways,
    PaymentAnswer,
    PaymentRequest,
    Unavailable,
)
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.start_trial import start_trial
from quartermaster.usecases.usage.meter_events import Policy
from tests.books import LOG, NOW, Books, assert_books_hold, open_books, talk
from tests.fakes.gateway import Unreachable
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, PRODUCT, Shop

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def opened(zone: str = "UTC", free_micro: int = 0) -> Shop:
    """A shop in a test workspace whose clock stands at NOW."""
    books = open_books("helpdesk", is_test=True, zone=zone, free_micro=free_micro)
    freeze_clock(books.workspace, NOW)
    shop = Shop.opened(books)
    shop.at = NOW
    return shop


@pytest.fixture
def shop(db: None) -> Shop:
    return opened()


def advance(shop: Shop, to: Any) -> Advanced:
    """As the operator would, while it is an hour later in the world."""
    to = clocks.span(to) if isinstance(to, str) else to
    works = Works(LOG, Policy, shop.gateways)
    return advance_clock(works, shop.books.workspace, to, NOW + HOUR)


def told(shop: Shop, to: Any) -> list[tuple[str, str]]:
    """What happened, and when."""
    return [(f"{one.at:%m-%dT%H:%M}", one.what) for one in advance(shop, to).happened]


def stands(books: Books) -> datetime | None:
    return Workspace.objects.get(id=books.workspace.id).frozen_at


def test_renewals_come_where_the_workspaces_days_begin(db: None) -> None:
    shop = opened("America/New_York")
    shop.buy(ESSENTIAL)
    done = advance(shop, datetime(2027, 4, 1, tzinfo=UTC))
    assert (done.start, done.end) == (NOW, datetime(2027, 4, 1, tzinfo=UTC))
    assert [(f"{one.at:%m-%dT%H:%M}", one.what) for one in done.happened] == [
        ("12-22T05:00", "subscription_renewed"),
        ("01-22T05:00", "subscription_renewed"),
        ("02-22T05:00", "subscription_renewed"),
        ("03-22T04:00", "subscription_renewed"),
    ]
    assert {one.which for one in done.happened} == {shop.subscription.public_id}
    renewals = Order.objects.filter(kind="renew").order_by("id")
    assert [(one.ordered_at, one.settled_at) for one in renewals] == [
        (one.at, one.at) for one in done.happened
    ]
    assert stands(shop.books) == done.end
    assert_books_hold()


def test_cycles_of_a_contract_are_closed_an_hour_after_their_end(shop: Shop) -> None:
    contract = agree_contract(Wanted(shop.books.workspace), uuid.uuid4(), NOW)
    assert contracts.due(NOW + 90 * DAY) == [], "the world's jobs leave it alone"
    assert told(shop, "P2M") == [("12-22T01:00", "cycle_closed"), ("01-22T01:00", "cycle_closed")]
    assert [one.number for one in contracts.statements_of(contract.id)] == [1, 2]
    assert_books_hold()


def test_a_year_takes_seconds(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    begun = time.perf_counter()
    assert len(advance(shop, "P1Y").happened) == 12
    assert time.perf_counter() - begun < 10


def test_a_declined_renewal_is_tried_on_its_days_and_given_up(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.DECLINED] * 5
    assert told(shop, "P2M") == [
        ("12-22T00:00", "renewal_declined"),
        ("12-23T00:00", "renewal_declined"),
        ("12-25T00:00", "renewal_declined"),
        ("12-27T00:00", "renewal_declined"),
        ("12-29T00:00", "subscription_canceled"),
    ]


def test_trials_and_what_was_canceled_end(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, NOW)
    assert told(shop, "P1M") == [("12-06T12:00", "trial_ended")]
    shop.at = NOW + 30 * DAY
    shop.buy(ESSENTIAL)
    cancel_subscription(shop.bot, PRODUCT, shop.at)
    assert told(shop, "P2M") == [("01-22T00:00", "subscription_ended")]


def test_credit_lapses_before_what_begins_at_the_same_instant(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    renewal = shop.subscription.cycle_end_at
    shop.books.fund("helpdesk", MICRO, NOW + DAY)
    shop.books.fund(None, MICRO, renewal)
    assert told(shop, "P1M") == [
        ("11-23T12:00", "credits_lapsed"),
        ("12-22T00:00", "credits_lapsed"),
        ("12-22T00:00", "subscription_renewed"),
    ]
    assert (shop.books.paid(), shop.books.free()) == (0, 0)
    assert_books_hold()


def test_what_waits_is_metered_first_and_rates_are_of_the_end(shop: Shop) -> None:
    shop.books.fund("helpdesk", MICRO)
    shop.books.submit(talk("u0 u20"))
    assert told(shop, NOW + DAY) == [("11-22T12:00", "events_metered")]
    assert Session.objects.count() == 2
    assert Wallet.objects.get().rated_at == NOW + DAY
    assert Wallet.objects.get().spent_per_day_micro > 0
    assert_books_hold()


def test_other_workspaces_are_not_touched(shop: Shop) -> None:
    other = Shop(open_books("helpdesk"), shop.bot)
    other.bot = other.books.bots["helpdesk"]
    other.at = NOW
    other.buy(ESSENTIAL)
    other.books.fund("helpdesk", MICRO, NOW + DAY)
    other.books.submit(talk("u0"))
    shop.buy(ESSENTIAL)
    wallet = Wallet.objects.filter(bot=other.bot).values()[0]
    assert told(shop, "P6M")[-1] == ("05-22T00:00", "subscription_renewed")
    assert stands(other.books) is None
    assert Order.objects.filter(bot=other.bot).count() == 1
    assert Wallet.objects.filter(bot=other.bot).values()[0] == wallet
    assert not Session.objects.exists()


def test_the_jobs_of_the_world_leave_a_clock_that_stands_alone(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.books.fund("helpdesk", MICRO, NOW + DAY)
    later = NOW + 90 * DAY
    assert lapse_credits(later) == 0
    rate_spending(later)
    shop.run_due(later)
    assert Wallet.objects.get(bot=shop.bot).rated_at is None
    assert Order.objects.count() == 1
    assert (shop.books.paid(), stands(shop.books)) == (MICRO, NOW)


def test_events_are_metered_by_the_clock_that_stands(shop: Shop) -> None:
    shop.books.fund("helpdesk", MICRO)
    shop.books.feed(talk("u0"), NOW + 90 * DAY)
    assert Wallet.objects.get(bot=shop.bot).rated_at == NOW


def test_the_same_end_again_changes_nothing_and_an_earlier_one_is_refused(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    assert len(told(shop, NOW + 31 * DAY)) == 1
    assert told(shop, NOW + 31 * DAY) == []
    with pytest.raises(ClockBackwards):
        advance(shop, NOW + 30 * DAY)
    assert stands(shop.books) == NOW + 31 * DAY


def test_a_clock_that_goes_is_stopped_first(db: None) -> None:
    books = open_books("helpdesk", is_test=True)
    done = advance(Shop.opened(books), "PT1H")
    assert (done.start, done.end) == (NOW + HOUR, NOW + 2 * HOUR)
    with pytest.raises(ClockRuns):
        advance(Shop(open_books("helpdesk"), books.bots["helpdesk"]), "P1D")


def test_cut_off_anywhere_it_goes_on(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [None, Outcome.SUCCEEDED, None]
    for cut_off in (datetime(2026, 12, 22, tzinfo=UTC), datetime(2027, 2, 22, tzinfo=UTC)):
        with pytest.raises(Unreachable):
            advance(shop, datetime(2027, 4, 1, tzinfo=UTC))
        assert stands(shop.books) == cut_off
    happened = told(shop, datetime(2027, 4, 1, tzinfo=UTC))
    assert happened == [
        ("02-22T00:00", "payment_succeeded"),
        ("03-22T00:00", "subscription_renewed"),
    ]
    assert len(shop.gateway.taken) == Order.objects.filter(state="fulfilled").count() == 5
    assert_books_hold()


def test_an_outcome_that_is_not_known_is_asked_for_again_and_holds_up_nothing_else(
    shop: Shop,
) -> None:
    shop.buy(ESSENTIAL)
    shop.books.fund("helpdesk", MICRO, NOW + 45 * DAY)
    shop.gateway.next = [Outcome.UNKNOWN] * 2
    assert told(shop, "P2M") == [
        ("12-22T00:00", "renewal_unpaid"),
        ("01-06T12:00", "credits_lapsed"),
        ("01-06T12:00", "payment_succeeded"),
        ("01-22T00:00", "subscription_renewed"),
    ]


def test_without_anybody_who_takes_payments_orders_wait(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    works = Works(LOG, Policy, Gateways(otherwise=ByHand()))
    done = advance_clock(works, shop.books.workspace, clocks.span("P3M"), NOW)
    assert [one.what for one in done.happened] == ["renewal_unpaid"]
    assert Order.objects.latest("id").state == "awaiting_payment"


def test_two_at_once_come_one_after_the_other(committed: None) -> None:
    shop = opened()
    shop.buy(ESSENTIAL)
    done = at_once(*[lambda: advance(shop, "P1M")] * 2)
    assert sorted(len(one.happened) for one in done) == [1, 1]
    assert {done[0].end, done[1].end} == {NOW + 30 * DAY, NOW + 61 * DAY}
    assert len(shop.gateway.taken) == 3


class Slow:
    """Somebody who takes payments, and their time."""

    def charge(self, request: PaymentRequest) -> PaymentAnswer:
        """After six seconds."""
        time.sleep(6)
        return PaymentAnswer(Outcome.SUCCEEDED)


def test_who_waits_for_too_long_is_told(committed: None) -> None:
    shop = opened()
    shop.buy(ESSENTIAL)
    shop.gateway = Slow()  # type: ignore[assignment]
    done = at_once(*[lambda: advance(shop, NOW + 31 * DAY)] * 2)
    assert sum(isinstance(one, ClockBusy) for one in done) == 1
    assert Order.objects.filter(kind="renew", state="fulfilled").count() == 1


def test_orders_expire_and_what_is_in_flight_is_asked_for_again(shop: Shop) -> None:
    refunded = shop.pay_page(shop.fund())
    shop.open(shop.fund())
    shop.begin_setup()
    choose_wire(shop.gateways, shop.fund().id, shop.now)
    shop.provider.loses_next = True
    shop.refund(refunded, 1_000)
    assert told(shop, "P2M") == [
        ("11-22T12:00", "refund_succeeded"),
        ("11-23T12:00", "payment_declined"),
        ("11-23T12:00", "setup_declined"),
        ("11-23T12:00", "order_expired"),
        ("12-22T12:00", "order_expired"),
    ]
    assert_books_hold()


def test_a_page_that_was_paid_meanwhile(shop: Shop) -> None:
    payment, setup = shop.open(shop.fund()), shop.begin_setup()
    for reference in (payment.reference, setup.reference):
        shop.provider.pay(reference)
    assert [what for _, what in told(shop, "P1D")] == ["payment_succeeded", "setup_succeeded"]
    assert_books_hold()


def test_a_provider_that_is_away_holds_up_nothing_else(shop: Shop) -> None:
    shop.open(shop.fund())
    shop.buy(ESSENTIAL)
    shop.provider.is_out = True
    assert told(shop, "P1M") == [("12-22T00:00", "subscription_renewed")]


def test_an_order_whose_page_is_not_known_to_be_open_expires_the_next_time(shop: Shop) -> None:
    cut_off = shop.fund()
    shop.fund()
    shop.provider.is_out = True
    with pytest.raises(Unavailable):
        shop.open(cut_off)
    assert told(shop, "P2D") == [("11-23T12:00", "order_expired")], "the other one"
    assert stands(shop.books) == NOW + 2 * DAY
    assert Order.objects.get(id=cut_off.id).state == "awaiting_payment"
    shop.provider.is_out = False
    assert [what for _, what in told(shop, "P1D")] == ["payment_declined", "order_expired"]
    assert_books_hold()


def test_a_low_wallet_is_recharged_after_declines_until_it_is_given_up(shop: Shop) -> None:
    shop.pay_page(shop.fund(), is_saved=True)
    set_recharge(shop.gateways, Recharge(shop.bot, 10_000, 15_000, "ann"), NOW)
    shop.provider.next = [Decline.DECLINED] * 2
    assert told(shop, "P2D") == [
        ("11-22T12:00", "recharge_failed"),
        ("11-22T13:00", "recharge_failed"),
        ("11-22T19:00", "recharge_fulfilled"),
    ]
    assert told(shop, "P1D") == []
    shop.provider.next = [Decline.DECLINED] * 4
    wanted = Recharge(shop.bot, 10_000, 25_000, "ann")
    set_recharge(shop.gateways, wanted, NOW + 3 * DAY)
    assert [what for _, what in told(shop, "P1M")] == ["recharge_failed"] * 4
    found = billing.find_recharge(shop.bot.id)
    assert found is not None
    assert found.off_reason == "given_up"
    assert_books_hold()


def test_what_the_days_cap_holds_back_comes_at_local_midnight(db: None) -> None:
    shop = opened("America/New_York")
    shop.pay_page(shop.fund(), is_saved=True)
    for threshold_minor in (15_000, 25_000):
        wanted = Recharge(shop.bot, 10_000, threshold_minor, "ann", day=Cap(count=1))
        set_recharge(shop.gateways, wanted, shop.at)
        shop.at += MINUTE
        advance(shop, shop.at)
    assert told(shop, "P2D") == [("11-23T05:00", "recharge_fulfilled")]
    assert_books_hold()


def test_what_is_told_ahead_is_told_on_its_day(shop: Shop) -> None:
    shop.buy("support/enhanced")
    shop.save()
    PaymentMethod.objects.update(expires_date=date(2026, 12, 27))
    assert told(shop, "P37D") == [
        ("11-27T00:00", "method_expiry_told"),
        ("12-17T00:00", "renewal_announced"),
        ("12-20T00:00", "method_expiry_told"),
        ("12-22T00:00", "subscription_renewed"),
        ("12-28T00:00", "method_expiry_told"),
    ]
    assert told(shop, "P1D") == []
