"""A card's last day comes near."""

from datetime import UTC, datetime, timedelta

from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.notices.models import Notice
from quartermaster.usecases.orders.methods.remove_method import remove_method
from quartermaster.usecases.orders.methods.replace_method import Exchange, replace_method
from quartermaster.usecases.orders.methods.watch_methods import watch_methods
from tests.usecases.shop import Shop
from tests.usecases.told import keys, told

LAST = datetime(2028, 2, 29, tzinfo=UTC)
"""The last day of the card that the provider saves begins."""
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)


def test_each_once_however_often(shop: Shop) -> None:
    method = shop.save()
    shop.save("paypal")
    found = {}
    for days in range(-40, 40):
        if count := watch_methods(LAST + days * DAY) + watch_methods(LAST + days * DAY):
            found[days] = count
    assert found == {-30: 1, -7: 1, 1: 1}
    assert keys() == ["method.expiring", "method.expiring", "method.expired"]
    assert told("method.expired") == [
        {"Card": "Visa", "Last Four": "4242", "Expiry": "29 Feb 2028"}
    ]
    last = Notice.objects.latest("id")
    assert (last.to, last.email) == ("method_owner", "")
    assert last.links == [["Update payment method", "methods", method.public_id]]


def test_to_the_instant(shop: Shop) -> None:
    shop.save()
    for day in (LAST - 30 * DAY, LAST - 7 * DAY, LAST + DAY):
        assert (watch_methods(day - TICK), watch_methods(day)) == (0, 1)


def test_what_was_slept_through_is_told_once(shop: Shop) -> None:
    shop.save()
    assert watch_methods(LAST - 3 * DAY) == 1
    assert watch_methods(LAST) == 0
    shop.save()
    assert watch_methods(LAST + 10 * DAY) == 2
    assert keys() == ["method.expiring", "method.expired", "method.expired"]


def test_what_is_gone_is_not_told_of(shop: Shop) -> None:
    old, removed, new = shop.save(), shop.save(), shop.save("paypal")
    workspace = shop.bot.workspace
    replace_method(shop.gateways, Exchange(workspace, old.public_id, new.public_id), shop.now)
    remove_method(shop.gateways, workspace, removed.public_id, shop.now)
    assert watch_methods(LAST + 40 * DAY) == 0


def test_a_card_that_was_renewed_by_its_bank(shop: Shop) -> None:
    shop.save()
    watch_methods(LAST)
    PaymentMethod.objects.update(expires_date=LAST.date() + 30 * DAY)
    assert watch_methods(LAST) == 1
