"""One statement for each cycle, with what it saw, and what came late for those before."""

import random
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from quartermaster.core.usage.events import Event
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.contracts import queries
from quartermaster.store.contracts.models import LateUsage, Statement
from quartermaster.store.orders.models import Order
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.plans.contracts.close_cycle import close_cycle
from quartermaster.usecases.subscriptions._changing import Wish
from quartermaster.usecases.subscriptions.order_change import order_change
from tests.books import NOW, assert_books_hold, drain, open_books, talk
from tests.catalogs import plan, small
from tests.store.test_constraints import refused, run
from tests.usecases.at_once import at_once
from tests.usecases.plans.contracts.deal import APRIL, DAY, MARCH, START, Deal, agree, lines
from tests.usecases.shop import ADVANCED as SHOP_ADVANCED
from tests.usecases.shop import ESSENTIAL as SHOP_ESSENTIAL
from tests.usecases.shop import Shop

pytestmark = pytest.mark.django_db
SEAT = {"model": "per_unit", "amount": "20", "included": 1}


def shift(agent: str, at: datetime, hours: int = 8, product: str = "agent_ai") -> list[Event]:
    of = {"agent": agent, "product": product}
    return [
        Event(f"{agent}-{at}-in", "agent.logged_in", at, "helpdesk", **of),
        Event(
            f"{agent}-{at}-out", "agent.logged_out", at + timedelta(hours=hours), "helpdesk", **of
        ),
    ]


def alerts(count: int, at: datetime) -> list[Event]:
    return [
        Event(f"alert-{at}-{number}", "alert.delivered", at, "helpdesk", user="ann")
        for number in range(count)
    ]


def test_usage_of_all_bots_comes_to_a_statement() -> None:
    deal = Deal.made(commitment_minor=400, net_days=14)
    deal.price()
    deal.price("agent_ai", "concurrent", **SEAT)
    deal.talk(5)
    deal.talk(4, bot="bookings")
    deal.feed(shift("kim", START + DAY) + shift("joe", START + DAY + timedelta(hours=8)))
    found = deal.close()
    assert (found.number, found.start_at, found.end_at) == (1, START, MARCH)
    assert (found.due_date, found.total_minor, found.currency) == (date(2026, 3, 15), 400, "USD")
    assert lines(found) == [
        ("Billing sessions, as agreed", 9, 88),
        ("Agent AI, concurrent seats, as agreed", 1, 0),
        ("Up to the minimum commitment", 1, 312),
    ]
    sessions = queries.lines(found.id)[0]
    assert sessions.formula == "2 included + 7 × $0.125 = $0.875, rounded to $0.88"
    bots = deal.books.bots
    assert sessions.parts == {bots["helpdesk"].id: 5, bots["bookings"].id: 4}
    assert_books_hold()


def test_a_cycle_is_closed_once_and_not_before_its_end() -> None:
    deal = Deal.made()
    assert close_cycle(deal.contract.id, MARCH - timedelta(microseconds=1)) is None
    assert deal.close(MARCH).number == 1
    assert close_cycle(deal.contract.id, MARCH) is None
    assert [deal.close(APRIL).number for _ in range(1)] == [2]


def test_nothing_comes_after_the_last_cycle() -> None:
    deal = Deal.made()
    agree(deal.books, MARCH, from_date=date(2026, 3, 10))
    assert [deal.close(APRIL).end_at for _ in range(2)] == [MARCH, MARCH + 9 * DAY]
    assert close_cycle(deal.contract.id, NOW) is None


@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_statement() -> None:
    deal = Deal.made()
    deal.talk(3)
    found = at_once(*[lambda: close_cycle(deal.contract.id, MARCH)] * 3)
    assert sum(isinstance(one, Statement) for one in found) == 1
    assert found.count(None) == 2
    assert Statement.objects.count() == 1


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York"])
def test_usage_at_the_edge_is_in_one_cycle(zone: str) -> None:
    books = open_books("helpdesk", zone=zone)
    Workspace.objects.update(plan="enterprise")
    deal = Deal(books, agree(books, START + 20 * DAY, from_date=date(2026, 2, 1)))
    edge = queries.agreed(deal.contract).cycle(START + DAY).end
    tick = timedelta(microseconds=1)
    for at, user in ((edge - tick, "before"), (edge, "at"), (edge + tick, "after")):
        deal.feed(talk("u0", start=at, user=user) + alerts(2, at))
    assert lines(deal.close(APRIL)) == [
        ("Billing sessions, no price", 1, 0),
        ("Alerts, no price", 2, 0),
    ]
    assert [quantity for _, quantity, _ in lines(deal.close(APRIL + DAY))] == [2, 4]
    assert_books_hold()


def test_a_plan_or_else_the_enterprise_plan_prices_what_was_not_agreed() -> None:
    enterprise = plan("enterprise", "500")
    cheap = {"model": "per_unit", "amount": "1"}
    plans = [plan("advanced", "150", usage={"billing_session": cheap}), enterprise]
    catalog.publish_catalog(small(plans=plans), START - DAY)
    deal = Deal.made()
    wish = Wish(deal.books.bots["bookings"], "plan/automation_ai/advanced", "monthly")
    deal.books.workspace.refresh_from_db()
    wish.bot.refresh_from_db()
    order_change(wish, uuid.uuid4(), START + timedelta(hours=1))
    deal.talk(3, bot="bookings")
    deal.talk(102)
    assert lines(deal.close()) == [
        ("Billing sessions, Enterprise", 102, 36),
        ("Billing sessions, Advanced", 3, 300),
        ("Advanced, monthly fee", 1, 15_000),
    ]
    assert deal.close(APRIL).total_minor == 0
    assert_books_hold()


def test_fees_are_in_the_cycle_of_their_order_each_once() -> None:
    """Subscribed and paid by card before, then upgraded, renewed and canceled on account."""
    shop = Shop.opened(open_books("helpdesk"))
    shop.at = START - 9 * DAY
    shop.buy(SHOP_ESSENTIAL)
    deal = Deal(shop.books, agree(shop.books))
    shop.at = START + 5 * DAY
    shop.bot.workspace.refresh_from_db()
    up = shop.order(SHOP_ADVANCED)
    assert up.state == "fulfilled"
    first = deal.close()
    told = [(line.what, line.order, line.amount_minor) for line in queries.lines(first.id)]
    assert [(what, order) for what, order, _ in told] == [("fee", up.id)] * 2
    assert sum(amount for *_, amount in told) == first.total_minor == up.total_minor > 0
    shop.run_due(MARCH + 5 * DAY)
    renewals = Order.objects.filter(kind="renew", ordered_at__gte=MARCH).order_by("id")
    second = deal.close(APRIL)
    assert [line.order for line in queries.lines(second.id)] == [one.id for one in renewals]
    assert second.total_minor == sum(one.total_minor for one in renewals) > 0
    assert_books_hold()


def test_late_usage_is_on_the_next_statement() -> None:
    deal = Deal.made(commitment_minor=100)
    deal.price()
    deal.price("alert", model="per_unit", amount="0.05")
    deal.price("agent_ai", "named", **SEAT)
    deal.talk(4)
    deal.feed(shift("kim", START + DAY))
    first = deal.close()
    before = lines(first)
    deal.talk(3, START + 9 * DAY)
    deal.feed(alerts(4, START + 9 * DAY) + shift("joe", START + 9 * DAY))
    assert LateUsage.objects.count() == 5
    assert_books_hold()
    second = deal.close(APRIL)
    assert lines(second) == [
        ("Up to the minimum commitment", 1, 100),
        ("Adjustment: Billing sessions, as agreed", 3, 38),
        ("Adjustment: Alerts, as agreed", 4, 20),
        ("Adjustment: Agent AI, named seats, as agreed", 1, 2_000),
        ("Adjustment: Up to the minimum commitment", -1, -75),
    ]
    assert lines(first) == before
    assert not LateUsage.objects.exists()
    assert {line.corrects for line in queries.lines(second.id)} == {None, first.id}
    assert_books_hold()


def test_what_is_taken_back_late_is_credited() -> None:
    deal = Deal.made()
    deal.price("billing_session", model="per_unit", amount="0.10")
    deal.feed(talk("u0 u10 b20 u31", start=START + DAY, conversation="c"))
    assert deal.close().total_minor == 30
    deal.feed(talk("t1 r29", start=START + DAY, conversation="c"))
    assert_books_hold()
    assert lines(deal.close(APRIL)) == [("Adjustment: Billing sessions, as agreed", -1, -10)]
    assert_books_hold()


def test_statements_with_adjustments_are_what_one_would_have_been() -> None:
    """Whatever comes when."""
    chance = random.Random(7)
    batch = [
        replace(event, id=f"{number}-{event.id}")
        for number in range(8)
        for event in talk("u0 u14 u31", start=START + number * 3 * DAY) + alerts(2, START + DAY)
    ]
    totals = set()
    for seed in range(3):
        deal = Deal.made(commitment_minor=150)
        deal.price()
        mixed = [replace(event, id=f"{seed}-{event.id}") for event in batch]
        chance.shuffle(mixed)
        cut = chance.randint(0, len(mixed))
        deal.feed(mixed[:cut])
        first = deal.close()
        deal.feed(mixed[cut:])
        second = deal.close(APRIL)
        totals.add(first.total_minor + second.total_minor)
        assert_books_hold()
    assert len(totals) == 1


def test_late_usage_of_a_contract_that_ended_is_on_the_next_ones_statement() -> None:
    deal = Deal.made()
    deal.price()
    later = agree(deal.books, MARCH, from_date=date(2026, 3, 1))
    first = deal.close()
    deal.talk(10)
    found = close_cycle(later.id, APRIL)
    assert found is not None
    assert found.number == 1
    assert lines(found) == [("Adjustment: Billing sessions, as agreed", 10, 100)]
    assert queries.lines(found.id)[0].corrects == first.id
    assert_books_hold()


def test_a_statement_is_never_changed() -> None:
    deal = Deal.made(commitment_minor=100)
    deal.close()
    run("set constraints all immediate")
    for table in ("contracts_statement", "contracts_statementline"):
        for act in ("update {} set id = id", "delete from {}", "truncate {} cascade"):
            refused("never changed", lambda act=act, table=table: run(act.format(table)))


def test_a_workspace_without_statements_notes_nothing() -> None:
    deal = Deal.made()
    deal.talk(3)
    drain(NOW)
    assert not LateUsage.objects.exists()
    assert datetime(2026, 2, 1, tzinfo=UTC) == deal.contract.start_at
