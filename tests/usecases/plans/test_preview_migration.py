"""What moving everybody to a new version would change. More in test_migrate_version."""

import pytest

from quartermaster.store.catalog import operations as catalog
from quartermaster.store.orders.models import Order
from quartermaster.usecases.plans.preview_migration import preview_migration
from quartermaster.usecases.subscriptions._standing import NotSold
from quartermaster.usecases.subscriptions.start_trial import start_trial
from tests.usecases.shop import ESSENTIAL, START, Shop, catalog_of, plan


def test_nothing_is_planned(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    assert preview_migration(ESSENTIAL) == []
    catalog.publish_catalog(catalog_of(plan("essential", "80", "800")), START)
    assert len(preview_migration(ESSENTIAL)) == 1
    assert shop.subscription.next_version is None
    assert Order.objects.count() == 1


def test_trials_are_listed_with_their_obstacle(shop: Shop) -> None:
    start_trial(shop.bot, ESSENTIAL, START)
    catalog.publish_catalog(catalog_of(plan("essential", "80", "800")), START)
    [move] = preview_migration(ESSENTIAL)
    assert move.obstacle == "it is a trial"


def test_what_is_not_sold(shop: Shop) -> None:
    with pytest.raises(NotSold):
        preview_migration("plan/nothing")
