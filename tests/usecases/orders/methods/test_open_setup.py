"""Somebody saves a way to pay."""

import uuid
from functools import partial

import pytest

from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import MethodSetup
from quartermaster.usecases.orders._ways import MethodNotTaken
from quartermaster.usecases.ports.gateways import Page, PageRefused, PageRequest, Unavailable
from tests import books
from tests.fakes.provider import Provider
from tests.usecases.at_once import at_once
from tests.usecases.shop import Shop


def test_the_same_key_is_the_same_page(shop: Shop) -> None:
    key = uuid.uuid4()
    setup = shop.begin_setup(key=key)
    assert setup.url == f"https://pay.example/{setup.reference}"
    assert shop.begin_setup(key=key) == setup
    with pytest.raises(KeyReused):
        shop.begin_setup("paypal", key)
    assert len(shop.provider.paid) == 1


def test_a_key_of_another_workspace(shop: Shop) -> None:
    setup = shop.begin_setup()
    other = Shop(books.open_books("other"), shop.bot, provider=shop.provider)
    other.bot = other.books.bots["other"]
    with pytest.raises(KeyReused):
        other.begin_setup(key=setup.idempotency_key)


def test_what_nobody_takes(shop: Shop) -> None:
    with pytest.raises(MethodNotTaken):
        shop.begin_setup("wire")


def test_cut_off_while_the_page_is_opened(shop: Shop) -> None:
    key = uuid.uuid4()
    shop.provider.is_out = True
    with pytest.raises(Unavailable):
        shop.begin_setup(key=key)
    shop.provider.is_out = False
    assert shop.begin_setup(key=key).url
    assert MethodSetup.objects.count() == 1


class Picky(Provider):
    """Opens no page on which something is saved."""

    def open_setup(self, key: str, workspace: str, page: PageRequest) -> Page:
        """Never."""
        raise PageRefused("not for this account")


def test_a_page_that_is_refused_is_not_asked_for_again(shop: Shop) -> None:
    shop.provider, key = Picky(), uuid.uuid4()
    with pytest.raises(PageRefused):
        shop.begin_setup(key=key)
    setup = shop.begin_setup(key=key)
    assert (setup.outcome, setup.reason, setup.url) == ("declined", "not for this account", "")
    assert queries.setups_in_flight(shop.at) == []


def test_the_provider_knows_them_the_second_time(shop: Shop) -> None:
    first, second = shop.save(), shop.save("paypal")
    assert first.payer == second.payer != ""


def test_a_double_click(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    key = uuid.uuid4()
    first, second = at_once(*[partial(shop.begin_setup, key=key)] * 2)
    assert first.url == second.url
    assert len(shop.provider.paid) == 1
