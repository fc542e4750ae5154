"""A way to pay takes the place of another."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod, RechargeTerms
from quartermaster.store.orders.models import Payment
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.methods._removing import MethodNeeded
from quartermaster.usecases.orders.methods.choose_default import choose_default
from quartermaster.usecases.orders.methods.remove_method import remove_method
from quartermaster.usecases.orders.methods.replace_method import (
    Exchange,
    SameMethod,
    replace_method,
)
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.recharge.set_recharge import Wanted as Recharge
from quartermaster.usecases.orders.recharge.set_recharge import set_recharge
from quartermaster.usecases.ports.gateways import Unavailable
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, Shop


def replace(shop: Shop, old: PaymentMethod, new: PaymentMethod) -> PaymentMethod:
    exchange = Exchange(shop.bot.workspace, old.public_id, new.public_id)
    return replace_method(shop.gateways, exchange, shop.now)


def there(shop: Shop) -> list[tuple[str, bool]]:
    found = queries.methods_of(shop.bot.workspace_id)
    return [(one.public_id, one.is_default) for one in found]


def test_it_renews_what_the_old_one_did(shop: Shop) -> None:
    old = shop.save()
    shop.buy(ESSENTIAL)
    new = shop.save("paypal")
    for _ in range(2):
        assert replace(shop, old, new).is_default
    assert there(shop) == [(new.public_id, True)]
    assert list(shop.provider.saved) == [new.token]
    shop.run_due(datetime(2026, 2, 28, tzinfo=UTC))
    assert Payment.objects.latest("id").method == new


def test_it_recharges_what_the_old_one_did(shop: Shop) -> None:
    old = shop.save()
    shop.pay_page(shop.fund())
    set_recharge(shop.gateways, Recharge(shop.bot, 10_000, 5_000, "ann"), shop.at)
    other, new = shop.save(), shop.save("paypal")
    choose_default(shop.bot.workspace, other.public_id)
    shop.at += timedelta(minutes=1)
    with pytest.raises(MethodNeeded, match="auto-recharge of helpdesk"):
        remove_method(shop.gateways, shop.bot.workspace, old.public_id, shop.now)
    for _ in range(2):
        replace(shop, old, new)
    found = queries.find_recharge(shop.bot.id)
    assert found
    assert (found.method, found.on_at, found.amount_minor, found.threshold_minor) == (
        new,
        shop.at,
        10_000,
        5_000,
    )
    assert RechargeTerms.objects.count() == 2


def test_another_default_stays(shop: Shop) -> None:
    default, old, new = shop.save(), shop.save(), shop.save()
    replace(shop, old, new)
    assert there(shop) == [(default.public_id, True), (new.public_id, False)]


def test_what_cannot_be(shop: Shop) -> None:
    old, new = shop.save(), shop.save()
    with pytest.raises(SameMethod):
        replace(shop, old, old)
    other = books.open_books("other").workspace
    with pytest.raises(NotFound):
        replace_method(shop.gateways, Exchange(other, old.public_id, new.public_id), shop.now)
    replace(shop, old, new)
    with pytest.raises(NotFound):
        replace(shop, new, old)


def test_not_while_it_is_charged(shop: Shop) -> None:
    old, new = shop.save(), shop.save()
    shop.provider.hesitates = True
    collect_payment(shop.gateways, shop.fund(), shop.now)
    with pytest.raises(MethodNeeded):
        replace(shop, old, new)
    assert there(shop) == [(old.public_id, True), (new.public_id, False)]
    shop.provider.settle()
    shop.complete(Payment.objects.get())
    replace(shop, old, new)
    assert_books_hold()


def test_the_provider_is_told_again(shop: Shop) -> None:
    old, new = shop.save(), shop.save()
    shop.provider.is_out = True
    with pytest.raises(Unavailable):
        replace(shop, old, new)
    shop.provider.is_out = False
    replace(shop, old, new)
    assert list(shop.provider.saved) == [new.token]


def test_two_at_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    old, one, two = shop.save(), shop.save(), shop.save()
    at_once(partial(replace, shop, old, one), partial(replace, shop, old, two))
    assert sum(is_default for _, is_default in there(shop)) == 1
