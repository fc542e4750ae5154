"""A cycle has ended."""

from datetime import UTC, datetime, timedelta
from functools import partial

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.orders.models import Order, Payment
from quartermaster.usecases.orders.methods.choose_default import choose_default
from quartermaster.usecases.subscriptions.order_change import order_change
from quartermaster.usecases.subscriptions.renew_subscription import renew_subscription
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, START, Shop

END = datetime(2026, 2, 28, tzinfo=UTC)
NEXT = datetime(2026, 3, 31, tzinfo=UTC)
DECLINED = Outcome.DECLINED


def test_the_next_cycle_is_paid(shop: Shop) -> None:
    shop.buy(ESSENTIAL, seats=3)
    shop.run_due(END - timedelta(microseconds=1))
    assert Order.objects.count() == 1
    shop.run_due(END)
    assert shop.lines(Order.objects.latest("id")) == [("fee", 6_000), ("seats", 1_000)]
    assert (shop.subscription.cycle_start_at, shop.subscription.cycle_end_at) == (END, NEXT)
    assert shop.phases() == [("essential", 3, START, None)]
    shop.run_due(END)
    assert Order.objects.count() == 2


def test_after_a_long_time_each_cycle_is_paid(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.run_due(datetime(2026, 6, 1, tzinfo=UTC))
    starts = Order.objects.order_by("id").values_list("cycle_start_at", flat=True)
    assert [f"{start:%m-%d}" for start in starts] == ["01-31", "02-28", "03-31", "04-30", "05-31"]


def test_a_declined_renewal_is_tried_again_and_again(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [DECLINED] * 3
    for days in (0, 0.5, 1, 2, 3):
        shop.run_due(END + timedelta(days=days))
    assert (shop.subscription.state, shop.subscription.failures) == ("past_due", 3)
    shop.run_due(END + timedelta(days=5))
    assert (shop.subscription.state, shop.subscription.failures) == ("active", 0)
    assert shop.subscription.cycle_end_at == NEXT, "the cycle does not drift"
    assert len(shop.gateway.asked) == 5
    assert len({request.key for request in shop.gateway.asked}) == 5


def test_it_is_given_up_after_the_last_attempt(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [DECLINED] * 5
    for day in range(9):
        shop.run_due(END + timedelta(days=day))
    found = shop.subscription
    assert (found.state, found.canceled_at) == ("canceled", END + timedelta(days=7))
    assert Order.objects.latest("id").state == "failed"
    assert shop.phases() == [("essential", 2, START, END + timedelta(days=7))]
    assert len(shop.gateway.asked) == 6


def test_a_plan_may_be_changed_while_it_is_past_due(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [DECLINED]
    shop.run_due(END)
    shop.at = END + timedelta(days=2)
    order = shop.buy(ADVANCED)
    assert shop.lines(order) == [("fee", 16_000)]
    assert (shop.subscription.state, shop.subscription.cycle_end_at) == ("active", NEXT)


def test_a_change_that_is_declined_as_well_leaves_the_renewal_to_be_tried(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [DECLINED] * 2
    shop.run_due(END)
    shop.at = END + timedelta(hours=1)
    shop.buy(ADVANCED)
    shop.run_due(END + timedelta(days=1))
    assert (shop.subscription.state, shop.subscription.version.key) == ("active", ESSENTIAL)
    assert Order.objects.filter(state="fulfilled").count() == 2


def test_an_order_that_nobody_paid_gives_way(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    order = shop.order(ADVANCED)
    shop.run_due(END)
    order.refresh_from_db()
    assert order.state == "canceled"
    assert shop.subscription.cycle_end_at == NEXT


def test_an_order_that_is_being_paid_is_waited_for(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.UNKNOWN] * 2
    order = shop.buy(ADVANCED)
    shop.run_due(END)
    assert Order.objects.count() == 2
    assert shop.pay(order).state == "paid", "given now, it would be renewed at once"
    shop.run_due(END)
    assert (shop.subscription.version.key, shop.subscription.cycle_start_at) == (ESSENTIAL, END)
    assert shop.refund(order, 10_000).outcome == "succeeded"
    assert_books_hold()
    assert shop.subscription.cycle_end_at == NEXT


def test_two_at_once_order_one_renewal(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    shop.buy(ESSENTIAL)
    found = at_once(*[partial(renew_subscription, shop.subscription.id, END)] * 2)
    assert Order.objects.filter(kind="renew").count() == 1
    shop.at = END
    at_once(*[partial(shop.pay, order) for order in found])
    assert len(shop.gateway.taken) == 2
    assert shop.subscription.cycle_end_at == NEXT


def test_against_a_change_one_of_them_is_first(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    shop.buy(ESSENTIAL)
    key = Order.objects.get().idempotency_key
    wish = shop.wish(ADVANCED)
    at_once(
        partial(renew_subscription, shop.subscription.id, END),
        partial(order_change, wish, key.__class__(int=1), END),
    )
    shop.at = END
    [order] = Order.objects.filter(state="awaiting_payment")
    shop.pay(order)
    assert shop.subscription.cycle_end_at == NEXT
    assert sum(shop.gateway.taken.values()) == 6_000 + order.total_minor


def test_a_card_that_has_expired_is_past_due_until_another_is_there(shop: Shop) -> None:
    shop.save()
    shop.buy(ESSENTIAL)
    PaymentMethod.objects.update(expires_date=END.date() - timedelta(days=1))
    charged = len(shop.provider.paid)
    shop.run_due(END)
    assert (shop.subscription.state, len(shop.provider.paid)) == ("past_due", charged)
    assert Payment.objects.latest("id").code == "expired_card"
    choose_default(shop.bot.workspace, shop.save().public_id)
    shop.run_due(END + timedelta(days=1))
    assert (shop.subscription.state, shop.subscription.cycle_end_at) == ("active", NEXT)
