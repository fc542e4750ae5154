"""What a bot may use of every product."""

from datetime import timedelta

import pytest

from quartermaster.core.plans.entitlements import Entitlements
from quartermaster.core.usage.events import PRODUCTS, Event
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.show_entitlements import show_entitlements
from quartermaster.usecases.entitlements.tell_limit import Told, tell_limit
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from tests import books
from tests.usecases.entitlements.conftest import Floor
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, START, Shop, catalog_of, plan
from tests.usecases.subscriptions.conftest import shop

__all__ = ["shop"]
END = START + timedelta(days=28)
"""28 February, when the cycle from 31 January has ended."""


def of(shop: Shop, product: str = PRODUCT) -> Entitlements:
    found = {one.product: one for one in show_entitlements(shop.bot, shop.at)}
    assert tuple(found) == PRODUCTS
    return found[product]


def test_who_pays_as_it_goes(shop: Shop) -> None:
    found = of(shop)
    assert (found.plan, found.seats and found.seats.bought) == (None, 0)
    assert found.support
    assert found.support.offer.key == "support/basic"
    assert [(one.name, one.limit) for one in found.limits] == [("queues", None)]
    assert of(shop, "automation_ai").seats is None


def test_what_was_bought_and_is_used(named: Shop) -> None:
    named.buy(ESSENTIAL, seats=3)
    named.buy("add_on/advanced_rag")
    named.buy("support/enhanced")
    assign_seat(named.bot, PRODUCT, "ann", START)
    tell_limit(named.bot, PRODUCT, Told("queues", 4), START)
    found = of(named)
    assert found.plan
    assert found.plan.offer.key == ESSENTIAL
    assert found.support
    assert found.support.offer.name == "enhanced"
    assert [(one.used, one.left) for one in found.limits] == [(4, 1)]
    assert [(one.name, one.is_given) for one in found.add_ons] == [("advanced_rag", True)]
    assert found.seats
    assert (found.seats.kind, found.seats.bought, found.seats.used) == ("named", 3, 1)
    assert of(named, "agent_ai").plan is None


def test_agents_who_are_there_are_counted(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    floor.moves("in", "ann")
    found = of(floor.shop).seats
    assert found
    assert (found.used, found.left) == (1, 1)


def test_a_downgrade_holds_from_the_end_of_the_cycle(shop: Shop) -> None:
    shop.buy(ADVANCED)
    shop.order(ESSENTIAL)
    for at, name in ((END - timedelta(days=1), "advanced"), (END, "essential")):
        shop.at = at
        found = of(shop).plan
        assert found
        assert found.offer.name == name


def test_what_was_canceled_ends_with_the_cycle(shop: Shop) -> None:
    shop.buy(ADVANCED)
    cancel_subscription(shop.bot, PRODUCT, START)
    assert of(shop).plan
    shop.at = END
    assert of(shop).plan is None


def test_notifications_are_counted_by_the_hour(db: None) -> None:
    limits = {"notifications_per_hour": 3}
    essential = plan("essential", "60", "600", limits=limits)
    sold = catalog_of(essential, limits={"notifications_per_hour": "Notifications per hour"})
    shop = Shop.opened(books.open_books("helpdesk"), sold)
    shop.buy(ESSENTIAL)
    sent = [
        Event(f"n{n}", "notification.delivered", START + timedelta(minutes=n), "helpdesk", user="a")
        for n in (-1, 0, 5, 59, 60)
    ]
    shop.books.feed(sent, START + timedelta(hours=2))
    for minutes, used in ((-1, 1), (0, 3), (59, 3), (61, 1), (121, 0)):
        shop.at = START + timedelta(minutes=minutes)
        assert of(shop).limits[0].used == used


@pytest.mark.parametrize("policy", ["refuse", "overage"])
def test_the_policy_is_the_workspaces(floor: Floor, policy: str) -> None:
    floor.shop.buy(ESSENTIAL)
    if policy == "overage":
        floor.bill_overage()
    found = of(floor.shop).seats
    assert found
    assert found.policy == policy
