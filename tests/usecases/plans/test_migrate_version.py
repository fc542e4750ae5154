"""The operator moves everybody to the version that is sold."""

from datetime import UTC, datetime, timedelta

import pytest

from quartermaster.store.catalog import operations as catalog
from quartermaster.store.orders.models import Order
from quartermaster.usecases.plans.migrate_version import migrate_version
from quartermaster.usecases.plans.preview_migration import preview_migration
from quartermaster.usecases.subscriptions._standing import NotSold
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.subscriptions.keep_subscription import keep_subscription
from tests.usecases.shop import ESSENTIAL, PRODUCT, START, Shop, catalog_of, plan

END = datetime(2026, 2, 28, tzinfo=UTC)
DEARER = catalog_of(plan("essential", "80", "800"))


def test_from_the_end_of_the_cycle_it_is_the_new_version(shop: Shop) -> None:
    shop.buy(ESSENTIAL, seats=3)
    catalog.publish_catalog(DEARER, START)
    [move] = preview_migration(ESSENTIAL)
    assert (move.fee_minor, move.new_fee_minor, move.at) == (7_000, 9_000, END)
    assert [one.subscription for one in migrate_version(ESSENTIAL, lambda _: START)] == [
        move.subscription
    ]
    assert shop.subscription.version.number == 1
    assert migrate_version(ESSENTIAL, lambda _: START) == [], "planned already"
    shop.run_due(END)
    assert (shop.subscription.version.number, shop.subscription.seats) == (2, 3)
    assert shop.lines(Order.objects.latest("id")) == [("fee", 8_000), ("seats", 1_000)]
    assert preview_migration(ESSENTIAL) == []


def test_without_it_the_version_that_was_bought_is_kept(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    catalog.publish_catalog(DEARER, START)
    shop.run_due(END)
    assert shop.subscription.version.number == 1
    assert shop.lines(Order.objects.latest("id")) == [("fee", 6_000)]


def test_its_owner_may_take_it_back(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    catalog.publish_catalog(DEARER, START)
    migrate_version(ESSENTIAL, lambda _: START)
    keep_subscription(shop.bot, PRODUCT, START + timedelta(days=1))
    shop.run_due(END)
    assert shop.subscription.version.number == 1


def test_what_ends_is_not_moved(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    cancel_subscription(shop.bot, PRODUCT, START)
    catalog.publish_catalog(DEARER, START)
    [move] = preview_migration(ESSENTIAL)
    assert move.obstacle == "it ends with its cycle"
    assert migrate_version(ESSENTIAL, lambda _: START) == []
    shop.run_due(END)
    assert shop.subscription.state == "canceled"


def test_a_cadence_that_is_sold_no_longer_is_an_obstacle(shop: Shop) -> None:
    shop.buy(ESSENTIAL, "annual")
    monthly = plan("essential", "80", "800") | {"fee": {"monthly": "80"}}
    monthly["seats"] = {"kind": "named", "included": 2, "monthly": monthly["seats"]["monthly"]}
    catalog.publish_catalog(catalog_of(monthly), START)
    [move] = preview_migration(ESSENTIAL)
    assert "sold monthly, not annual" in move.obstacle
    assert migrate_version(ESSENTIAL, lambda _: START) == []


def test_an_order_that_waits_is_not_disturbed(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    order = shop.order(ESSENTIAL, seats=5)
    catalog.publish_catalog(DEARER, START)
    assert migrate_version(ESSENTIAL, lambda _: START) == []
    shop.pay(order)
    assert len(migrate_version(ESSENTIAL, lambda _: START)) == 1


def test_what_is_not_sold(shop: Shop) -> None:
    with pytest.raises(NotSold):
        migrate_version("plan/nothing", lambda _: START)
