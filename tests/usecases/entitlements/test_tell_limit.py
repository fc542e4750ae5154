"""How much of a limit is in use, as the platform tells."""

import itertools
from datetime import timedelta

import pytest

from quartermaster.core.errors import Refusal
from quartermaster.store.subscriptions.models import LimitUse
from quartermaster.usecases.entitlements.tell_limit import Told, tell_limit
from tests import books
from tests.usecases.shop import ESSENTIAL, PRODUCT, START, Shop, catalog_of, plan
from tests.usecases.subscriptions.conftest import shop

__all__ = ["shop"]
LATER = START + timedelta(hours=1)


def test_what_is_told_counts(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    found = tell_limit(shop.bot, PRODUCT, Told("queues", 4), START)
    assert (found.limit, found.used, found.left, found.is_exceeded) == (5, 4, 1, False)
    found = tell_limit(shop.bot, PRODUCT, Told("queues", 6), LATER)
    assert (found.used, found.left, found.is_exceeded) == (6, 0, True)


def test_without_a_plan_nothing_limits_it(shop: Shop) -> None:
    found = tell_limit(shop.bot, PRODUCT, Told("queues", 4), START)
    assert (found.limit, found.used, found.left) == (None, 4, None)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_in_which_it_is_told_does_not_matter(shop: Shop, order: tuple[int, ...]) -> None:
    told = [Told("queues", 9, START), Told("queues", 3, LATER), Told("queues", 2, LATER)]
    for place in order:
        tell_limit(shop.bot, PRODUCT, told[place], LATER)
        tell_limit(shop.bot, PRODUCT, told[place], LATER)
    assert [(one.used, one.at) for one in LimitUse.objects.all()] == [(3, LATER)]


@pytest.mark.parametrize(
    ("product", "told", "code", "words"),
    [
        (PRODUCT, Told("queue", 4), "unknown_limit", "no limit 'queue': there are queues"),
        ("agent_ai", Told("queues", 4), "unknown_limit", "the product has none"),
        ("agents", Told("queues", 4), "unknown_product", "contact_center_ai"),
        (PRODUCT, Told("queues", -1), "bad_use", "from 0"),
        (PRODUCT, Told("queues", 10**15 + 1), "bad_use", "1,000,000,000,000,000"),
        (PRODUCT, Told("queues", 1, START + timedelta(minutes=6)), "bad_use", "ahead"),
        (PRODUCT, Told("notifications_per_hour", 1), "measured_limit", "counted"),
    ],
)
def test_what_makes_no_sense_is_refused(
    shop: Shop, product: str, told: Told, code: str, words: str
) -> None:
    with pytest.raises(Refusal, match=words) as no:
        tell_limit(shop.bot, product, told, START)
    assert no.value.code == code
    assert not LimitUse.objects.exists()


def test_a_limit_that_is_measured_is_not_among_those_to_be_told(db: None) -> None:
    limits = {"queues": 5, "notifications_per_hour": 9}
    titles = {"queues": "Queues", "notifications_per_hour": "Notifications per hour"}
    sold = catalog_of(plan("essential", "60", "600", limits=limits), limits=titles)
    from_shop = Shop.opened(books.open_books("helpdesk"), sold)
    with pytest.raises(Refusal, match=r"there are queues$"):
        tell_limit(from_shop.bot, PRODUCT, Told("faqs", 1), START)
