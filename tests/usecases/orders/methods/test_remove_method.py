"""A way to pay is taken away."""

from functools import partial

import pytest

from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.orders.models import Payment
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.methods._removing import MethodNeeded
from quartermaster.usecases.orders.methods.choose_default import choose_default
from quartermaster.usecases.orders.methods.remove_method import remove_method
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.ports.gateways import Unavailable
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, Shop


def remove(shop: Shop, method: PaymentMethod) -> PaymentMethod:
    return remove_method(shop.gateways, shop.bot.workspace, method.public_id, shop.now)


def test_the_provider_forgets_it(shop: Shop) -> None:
    method = shop.save()
    for _ in range(2):
        assert remove(shop, method).removed_at == shop.at
    assert shop.provider.saved == {}
    assert queries.methods_of(shop.bot.workspace_id) == []
    with pytest.raises(NotFound):
        remove_method(
            shop.gateways, books.open_books("other").workspace, method.public_id, shop.now
        )


def test_the_provider_is_told_again(shop: Shop) -> None:
    method = shop.save()
    shop.provider.is_out = True
    with pytest.raises(Unavailable):
        remove(shop, method)
    assert queries.find_default(shop.bot.workspace_id) is None
    shop.provider.is_out = False
    remove(shop, method)
    assert shop.provider.saved == {}


def test_not_while_it_is_needed(shop: Shop) -> None:
    method = shop.save()
    shop.buy(ESSENTIAL)
    with pytest.raises(MethodNeeded, match="Essential of helpdesk"):
        remove(shop, method)
    other = shop.save("paypal")
    choose_default(shop.bot.workspace, other.public_id)
    assert remove(shop, method).removed_at == shop.at


def test_not_while_it_is_charged(shop: Shop) -> None:
    method = shop.save()
    shop.provider.hesitates = True
    order = collect_payment(shop.gateways, shop.fund(), shop.now)
    with pytest.raises(MethodNeeded, match=f"order {order.public_id}, which is being paid"):
        remove(shop, method)
    shop.provider.settle()
    shop.complete(Payment.objects.get())
    assert remove(shop, method).removed_at == shop.at
    with pytest.raises(NotFound):
        collect_payment(shop.gateways, shop.fund(), shop.now, method)
    assert_books_hold()


def test_against_a_charge(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    method, order = shop.save(), shop.fund()
    at_once(
        partial(remove, shop, method),
        partial(collect_payment, shop.gateways, order, shop.now, method),
    )
    order.refresh_from_db()
    is_paid = bool(sum(one.outcome == "succeeded" for one in Payment.objects.all()))
    assert (order.state == "fulfilled") is is_paid
    assert_books_hold()


def test_the_oldest_other_is_the_default_then(shop: Shop) -> None:
    first, second, third = shop.save(), shop.save("paypal"), shop.save()
    remove(shop, second)
    assert queries.find_default(shop.bot.workspace_id) == first
    fourth = shop.save()
    remove(shop, first)
    assert queries.find_default(shop.bot.workspace_id) == third
    remove(shop, third)
    assert queries.find_default(shop.bot.workspace_id) == fourth
    remove(shop, fourth)
    assert queries.find_default(shop.bot.workspace_id) is None
