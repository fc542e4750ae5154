"""Seats of bots' plans beyond those that were bought, on the statements of a contract."""

from datetime import timedelta

import pytest

from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.core.usage.events import Event
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.contracts import queries
from quartermaster.store.ledger.models import Transfer
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.bill_overage import bill_overage
from quartermaster.usecases.people.set_seat_policy import set_seat_policy
from tests.books import assert_books_hold
from tests.usecases.entitlements.conftest import seated
from tests.usecases.plans.contracts.deal import APRIL, DAY, MARCH, START, Deal, lines
from tests.usecases.shop import ESSENTIAL, PRODUCT, Shop

pytestmark = pytest.mark.django_db
TITLE = "Contact Center AI, {} seats beyond those bought"


def made(kind: str = "concurrent", **terms: int) -> tuple[Deal, Shop]:
    """Two seats, bought with the contract, where overage is billed."""
    deal = Deal.made(**terms)
    catalog.publish_catalog(seated(kind), START)
    shop = Shop(deal.books, deal.books.bots["helpdesk"], at=START)
    set_seat_policy(deal.books.workspace, SeatPolicy.OVERAGE, START)
    shop.bot.refresh_from_db(fields=["workspace"])
    shop.buy(ESSENTIAL)
    return deal, shop


def works(deal: Deal, *agents: str) -> None:
    for agent in agents:
        named = {"agent": agent, "product": PRODUCT}
        deal.feed([Event(f"in-{agent}", "agent.logged_in", START + DAY, "helpdesk", **named)])


def test_a_line_of_the_statement_and_no_credit() -> None:
    deal, shop = made()
    works(deal, "ann", "bob", "cy", "dee")
    found = deal.close(MARCH)
    assert (TITLE.format("concurrent"), 2, 3_000) in lines(found)
    (line,) = (one for one in queries.lines(found.id) if one.what == "overage")
    assert line.formula == "2 seats × $15.00 = $30.00"
    assert (line.period.start, line.period.end) == (START, MARCH)
    assert line.parts == {shop.bot.id: 2}
    assert bill_overage(shop.subscription.id, APRIL) is None
    assert not Transfer.objects.filter(fact="usage_charged").exists()
    assert_books_hold()


def test_late_logins_are_adjusted_by_the_next_statement() -> None:
    deal, _ = made()
    works(deal, "ann", "bob", "cy")
    deal.close(MARCH)
    works(deal, "dee")
    assert_books_hold()
    found = lines(deal.close(APRIL))
    assert (f"Adjustment: {TITLE.format('concurrent')}", 1, 1_500) in found
    assert_books_hold()


def test_each_month_of_a_longer_cycle() -> None:
    deal, shop = made("named", months=3)
    for agent in ("ann", "bob", "cy"):
        assign_seat(shop.bot, PRODUCT, agent, START + 40 * DAY)
    found = [one for one in lines(deal.close(START + 89 * DAY)) if "beyond" in one[0]]
    assert found == [(TITLE.format("named"), 1, 1_500)] * 2
    assert_books_hold()


def test_an_agreed_price_is_for_all_agents() -> None:
    deal, _ = made()
    deal.price(PRODUCT, "concurrent", model="per_unit", amount="20")
    works(deal, "ann", "bob", "cy")
    assert not any("beyond" in words for words, *_ in lines(deal.close(MARCH)))


def test_only_the_time_in_which_it_was_the_policy() -> None:
    deal, _ = made()
    set_seat_policy(deal.books.workspace, SeatPolicy.REFUSE, START + timedelta(hours=1))
    works(deal, "ann", "bob", "cy")
    assert not any("beyond" in words for words, *_ in lines(deal.close(MARCH)))
