"""A bot's owner no longer wants it."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders.models import Order
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.subscriptions._changing import SubscriptionEnding
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.renew_subscription import renew_subscription
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests import books
from tests.fakes.gateway import Unreachable
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, START, Shop

END = datetime(2026, 2, 28, tzinfo=UTC)


def test_it_ends_with_its_cycle(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    for _ in range(2):
        assert cancel_subscription(shop.bot, PRODUCT, START).is_ending
    assert shop.phases() == [("essential", 2, START, END)]
    shop.run_due(END)
    assert (shop.subscription.state, shop.subscription.canceled_at) == ("canceled", END)
    assert Order.objects.count() == 1
    shop.buy(ADVANCED)
    assert shop.subscription.state == "active"


def test_what_was_to_follow_does_not(shop: Shop) -> None:
    shop.buy(ADVANCED)
    shop.buy(ESSENTIAL)
    cancel_subscription(shop.bot, PRODUCT, START)
    assert shop.subscription.next_version is None
    assert shop.phases() == [("advanced", 2, START, END)]


def test_a_trial_ends_at_once(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, START)
    later = START + timedelta(days=1)
    assert cancel_subscription(shop.bot, PRODUCT, later).state == "canceled"
    assert shop.phases() == [("essential", 5, START, later)]


def test_what_is_past_due_ends_at_once(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.DECLINED]
    shop.run_due(END)
    found = cancel_subscription(shop.bot, PRODUCT, END + timedelta(hours=1))
    assert found.state == "canceled"
    assert Order.objects.latest("id").state == "failed"


@pytest.mark.parametrize(("outcome", "state"), [(None, "active"), (Outcome.DECLINED, "canceled")])
def test_while_its_renewal_is_being_paid_that_decides(
    shop: Shop, outcome: Outcome | None, state: str
) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.UNKNOWN]
    shop.run_due(END)
    cancel_subscription(shop.bot, PRODUCT, END)
    shop.gateway.next = [outcome or Outcome.SUCCEEDED]
    shop.pay(Order.objects.latest("id"))
    assert shop.subscription.state == state
    shop.run_due(datetime(2026, 3, 31, tzinfo=UTC))
    assert shop.subscription.state == "canceled"
    assert len(shop.gateway.taken) == (2 if outcome is None else 1)


def test_there_must_be_one(shop: Shop) -> None:
    with pytest.raises(NotFound):
        cancel_subscription(shop.bot, PRODUCT, START)


def test_a_gateway_that_does_not_answer_is_asked_again_with_the_same_key(shop: Shop) -> None:
    shop.gateway.next = [None]
    order = shop.order(ESSENTIAL)
    with pytest.raises(Unreachable):
        shop.pay(order)
    assert shop.pay(order).state == "fulfilled"
    assert len({request.key for request in shop.gateway.asked}) == 1
    assert len(shop.gateway.taken) == 1


def test_against_its_renewal_either_order_is_whole(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    shop.buy(ESSENTIAL)
    found = at_once(
        partial(cancel_subscription, shop.bot, PRODUCT, END),
        partial(renew_subscription, shop.subscription.id, END),
    )
    assert not [one for one in found if isinstance(one, Exception)]
    order = Order.objects.filter(kind="renew").first()
    if order is not None:
        shop.at = END
        shop.pay(order)
    shop.run_due(datetime(2026, 3, 31, tzinfo=UTC))
    assert shop.subscription.state == "canceled"


def test_what_ends_is_not_changed_before_that_is_taken_back(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    cancel_subscription(shop.bot, PRODUCT, START)
    with pytest.raises(SubscriptionEnding):
        shop.order(ADVANCED)


def test_with_a_trial_its_open_order_goes(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, START)
    order = shop.order(ESSENTIAL)
    cancel_subscription(shop.bot, PRODUCT, START)
    order.refresh_from_db()
    assert order.state == "canceled"
