"""Which way to pay is charged while nobody is there."""

from functools import partial

import pytest

from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.orders.models import Payment
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.methods.choose_default import choose_default
from quartermaster.usecases.orders.methods.remove_method import remove_method
from tests import books
from tests.usecases.at_once import at_once
from tests.usecases.shop import ESSENTIAL, Shop


def test_it_is_charged_and_no_other(shop: Shop) -> None:
    shop.save()
    paypal = shop.save("paypal")
    for _ in range(2):
        assert choose_default(shop.bot.workspace, paypal.public_id).is_default
    assert [one.is_default for one in queries.methods_of(shop.bot.workspace_id)] == [True, False]
    shop.buy(ESSENTIAL)
    assert Payment.objects.get().method == paypal


def test_one_that_is_not_there(shop: Shop) -> None:
    method, other = shop.save(), books.open_books("other").workspace
    with pytest.raises(NotFound):
        choose_default(other, method.public_id)
    remove_method(shop.gateways, shop.bot.workspace, method.public_id, shop.now)
    with pytest.raises(NotFound):
        choose_default(shop.bot.workspace, method.public_id)


def test_two_at_once(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    both = [shop.save(), shop.save()]
    choose = [partial(choose_default, shop.bot.workspace, one.public_id) for one in both]
    found = at_once(*choose)
    assert not [one for one in found if isinstance(one, Exception)]
    assert PaymentMethod.objects.filter(is_default=True).count() == 1
