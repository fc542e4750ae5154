"""Who pays at an instant is decided by the contract that covers it."""

from datetime import timedelta

import pytest

from quartermaster.core.plans.contracts.agreements import BadContract
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.people import queries as people
from quartermaster.store.wallets.models import Charge
from tests.books import assert_books_hold, talk
from tests.usecases.plans.contracts.deal import DAY, MARCH, START, Deal, agree, local
from tests.usecases.shop import ESSENTIAL, Shop, catalog_of

pytestmark = pytest.mark.django_db
END = START + 9 * DAY


def ended() -> Deal:
    """A contract to 10 February."""
    return Deal.made(until_date=local(10))


def charged(deal: Deal) -> int:
    return Charge.objects.filter(bot__workspace=deal.books.workspace).count()


def test_usage_after_the_end_is_paid_by_credit() -> None:
    deal = ended()
    deal.talk(1, END - timedelta(hours=1))
    assert charged(deal) == 0
    deal.talk(2, END)
    assert charged(deal) == 2
    assert deal.books.free() == 500_000_000 - 2 * 200_000
    assert_books_hold()


def test_late_usage_of_the_contract_is_still_its_own() -> None:
    deal = ended()
    deal.close(MARCH)
    deal.talk(1, START + DAY)
    assert charged(deal) == 0
    assert_books_hold()


def test_the_next_contract_begins_where_credit_stops() -> None:
    deal = ended()
    deal.feed(talk("u0", start=END + DAY))
    at = END + 2 * DAY
    with pytest.raises(BadContract):
        agree(deal.books, at, from_date=local(14))
    follower = agree(deal.books, at)
    assert follower.start_at == at
    deal.feed(talk("u0", start=at + DAY))
    assert charged(deal) == 1
    assert_books_hold()


def test_a_contract_never_ends_in_the_past() -> None:
    deal = Deal.made()
    with pytest.raises(BadContract):
        agree(deal.books, END, from_date=local(5), until_date=local(8))


def test_an_order_on_account_stays_proved_when_the_contract_has_ended() -> None:
    deal = ended()
    catalog.publish_catalog(catalog_of(), START)
    shop = Shop(deal.books, deal.books.bots["helpdesk"], at=START + DAY)
    assert shop.order(ESSENTIAL).state == "fulfilled"
    assert_books_hold()
    shop.at = END
    assert shop.order("support/enhanced").state == "awaiting_payment"
    assert people.get(deal.books.workspace.id).plan == "enterprise"
    assert_books_hold()
