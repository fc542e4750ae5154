"""Subscribing and changing: orders, what they bring, and what is refused."""

import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.plans.quotes import MixedChange, NothingChanges
from quartermaster.core.plans.terms import SeatsNotOffered
from quartermaster.store.orders.models import Order, OrderLine
from quartermaster.store.people.models import Workspace
from quartermaster.store.subscriptions import operations
from quartermaster.store.subscriptions.models import Phase, SeatAssignment, Subscription
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.plans.contracts.agree_contract import Wanted, agree_contract
from quartermaster.usecases.subscriptions._changing import (
    ChangeInProgress,
    MoreInUse,
    NeedsPlan,
)
from quartermaster.usecases.subscriptions._standing import NotSold, OtherCurrency
from quartermaster.usecases.subscriptions.order_change import order_change
from quartermaster.usecases.subscriptions.preview_change import preview_change
from tests import books
from tests.usecases.at_once import at_once
from tests.usecases.shop import ADVANCED, ESSENTIAL, PRODUCT, START, Shop, catalog_of, plan

END = datetime(2026, 2, 28, tzinfo=UTC)


def test_nothing_is_there_before_it_is_paid(shop: Shop) -> None:
    order = shop.order(ESSENTIAL, seats=4)
    assert order.state == "awaiting_payment"
    assert shop.lines(order) == [("fee", 6_000), ("seats", 2_000)]
    assert not Subscription.objects.exists()
    shop.pay(order)
    found = shop.subscription
    assert (found.state, found.seats, found.place) == ("active", 4, PRODUCT)
    assert (found.cycle_start_at, found.cycle_end_at) == (START, END)
    assert shop.phases() == [("essential", 4, START, None)]
    assert shop.gateway.taken == {shop.gateway.asked[0].key: 8_000}


def test_the_preview_is_the_order_to_the_cent(shop: Shop) -> None:
    shop.buy(ESSENTIAL, seats=3)
    shop.at = START + timedelta(days=9, seconds=12_345)
    quote = preview_change(shop.wish(ADVANCED, seats=7), shop.at).quote
    order = shop.order(ADVANCED, seats=7)
    assert shop.lines(order) == [(line.what, line.amount_minor) for line in quote.lines]
    assert order.total_minor == quote.total_minor
    assert not Order.objects.filter(state="fulfilled").exclude(kind="subscribe").exists()


def test_an_upgrade_holds_when_it_is_paid(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    middle = START + (END - START) / 2
    shop.at = middle
    order = shop.buy(ADVANCED)
    assert shop.lines(order) == [("unused", -3_000), ("fee", 8_000)]
    assert shop.subscription.version.key == ADVANCED
    assert shop.subscription.cycle_end_at == END
    assert shop.phases() == [("essential", 2, START, middle), ("advanced", 2, middle, None)]


def test_a_declined_upgrade_changes_nothing(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.gateway.next = [Outcome.DECLINED]
    order = shop.buy(ADVANCED)
    assert order.state == "awaiting_payment"
    assert shop.subscription.version.key == ESSENTIAL
    assert shop.pay(order).state == "fulfilled"
    assert shop.subscription.version.key == ADVANCED


def test_a_cheaper_year_comes_with_the_next_cycle_and_its_own_months(db: None) -> None:
    """Its fee is below what is unused of the month. The year, and the months by which its usage
    counts, begin where the month ends."""
    bargain = plan("bargain", "160", "5")
    shop = Shop.opened(
        books.open_books("helpdesk"), catalog_of(plan("essential", "60", "600"), bargain)
    )
    shop.buy(ESSENTIAL)
    order = shop.buy(f"plan/{PRODUCT}/bargain", "annual")
    assert (order.kind, order.total_minor) == ("schedule", 0)
    assert shop.subscription.cadence == "monthly"
    shop.run_due(END)
    found = shop.subscription
    assert (found.cycle_start_at, found.cycle_end_at) == (END, END.replace(year=2027))
    assert Order.objects.latest("id").total_minor == 500
    anchors = Phase.objects.order_by("start_at").values_list("anchor_date", flat=True)
    assert list(anchors) == [START.date(), END.date()]
    assert found.anchor_date == END.date()


def test_a_downgrade_comes_with_the_next_cycle(shop: Shop) -> None:
    shop.buy(ADVANCED, seats=5)
    order = shop.buy(ESSENTIAL, seats=3)
    assert (order.kind, order.state, order.total_minor) == ("schedule", "fulfilled", 0)
    assert shop.subscription.version.key == ADVANCED
    assert shop.phases() == [("advanced", 5, START, END), ("essential", 3, END, None)]
    shop.run_due(END)
    assert (shop.subscription.version.key, shop.subscription.seats) == (ESSENTIAL, 3)
    assert shop.subscription.next_version is None
    assert shop.lines(Order.objects.latest("id")) == [("fee", 6_000), ("seats", 1_000)]


def test_an_upgrade_takes_the_place_of_a_downgrade(shop: Shop) -> None:
    shop.buy(ESSENTIAL, seats=4)
    shop.buy(ESSENTIAL, seats=3)
    shop.at = START + timedelta(days=1)
    shop.buy(ADVANCED, seats=4)
    assert shop.subscription.next_version is None
    assert shop.phases() == [
        ("essential", 4, START, shop.at),
        ("advanced", 4, shop.at, None),
    ]


def test_two_changes_in_one_second(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.at = START + timedelta(days=3)
    shop.buy(ADVANCED)
    order = shop.buy(ADVANCED, seats=3)
    [unused, *_] = shop.lines(order)
    paid = OrderLine.objects.get(order__kind="modify", what="fee", order__lt=order.id)
    assert unused == ("unused", -paid.amount_minor)
    assert shop.phases()[-1] == ("advanced", 3, shop.at, None)


def test_from_monthly_to_annual(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.at = START + timedelta(days=10)
    shop.buy(ESSENTIAL, "annual")
    found = shop.subscription
    assert found.cycle_start_at == shop.at
    assert found.cycle_end_at == datetime(2027, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "cadence", "seats", "refusal", "field"),
    [
        ("plan/nothing", "monthly", None, NotSold, "offer"),
        (ESSENTIAL, "monthly", 1, SeatsNotOffered, "seats"),
        (ESSENTIAL, "monthly", None, NothingChanges, "offer"),
        (ADVANCED, "annual", 2, None, ""),
        (ADVANCED, "monthly", 2, None, ""),
    ],
)
def test_refusals_name_the_field(
    shop: Shop, key: str, cadence: str, seats: int | None, refusal: type | None, field: str
) -> None:
    shop.buy(ESSENTIAL)
    if refusal is None:
        shop.order(key, cadence, seats)
        return
    before = Order.objects.count()
    with pytest.raises(refusal) as no:
        shop.order(key, cadence, seats)
    assert no.value.field == field  # type: ignore[attr-defined]
    assert Order.objects.count() == before


def test_up_and_down_at_once_is_refused(shop: Shop) -> None:
    shop.buy(ESSENTIAL, seats=5)
    with pytest.raises(MixedChange):
        shop.order(ADVANCED, seats=3)


def test_less_than_is_in_use_is_refused_and_named(shop: Shop) -> None:
    shop.buy(ADVANCED, seats=4)
    operations.tell_limit(shop.bot.id, PRODUCT, "queues", 12, shop.at)
    for agent in ("ann", "bob", "eve"):
        SeatAssignment.objects.create(bot=shop.bot, product=PRODUCT, agent=agent, start_at=shop.at)
    with pytest.raises(MoreInUse) as no:
        shop.order(ESSENTIAL)
    assert str(no.value) == "queues: 12 in use, 5 allowed; seats: 3 assigned, 2 wanted"


def test_prices_in_another_currency(shop: Shop) -> None:
    Workspace.objects.update(currency="EUR")
    shop.bot.refresh_from_db()
    shop.bot.workspace.refresh_from_db()
    with pytest.raises(OtherCurrency):
        shop.order(ESSENTIAL)


def test_one_order_at_a_time(shop: Shop) -> None:
    first = shop.order(ESSENTIAL)
    with pytest.raises(ChangeInProgress):
        shop.order(ADVANCED)
    cancel_order(shop.gateways, first.id, shop.now)
    shop.buy(ADVANCED)
    assert shop.subscription.version.key == ADVANCED


def test_a_canceled_upgrade_leaves_what_was_paid_to_be_credited(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    cancel_order(shop.gateways, shop.order(ADVANCED).id, shop.now)
    order = shop.buy(ADVANCED)
    assert shop.lines(order)[0] == ("unused", -6_000)


def test_the_same_key_is_the_same_order(shop: Shop) -> None:
    key = uuid.uuid4()
    first = order_change(shop.wish(ESSENTIAL), key, shop.at)
    later = order_change(shop.wish(ESSENTIAL), key, shop.at + timedelta(hours=1))
    assert first == later
    for other in (shop.wish(ADVANCED), shop.wish(ESSENTIAL, seats=3)):
        with pytest.raises(KeyReused):
            order_change(other, key, shop.at)


def test_places_do_not_mind_each_other(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.buy("add_on/advanced_rag")
    assert shop.buy("support/basic").state == "fulfilled"
    shop.buy("support/enhanced")
    places = Subscription.objects.order_by("id").values_list("place", "version__key")
    assert list(places) == [
        (PRODUCT, ESSENTIAL),
        ("advanced_rag", "add_on/advanced_rag"),
        ("support", "support/enhanced"),
    ]


def test_on_the_anchor_instant_the_new_terms_renew(shop: Shop) -> None:
    shop.buy(ESSENTIAL)
    shop.at = END
    order = shop.buy(ADVANCED)
    assert shop.lines(order) == [("fee", 16_000)]
    assert shop.subscription.cycle_end_at == datetime(2026, 3, 31, tzinfo=UTC)
    shop.run_due(END)
    assert Order.objects.count() == 2


def test_a_contract_pays_later(shop: Shop) -> None:
    agree_contract(Wanted(shop.books.workspace), uuid.uuid4(), shop.at)
    order = shop.order(ESSENTIAL)
    assert order.state == "fulfilled"
    assert order.total_minor == 6_000
    assert shop.gateway.asked == []


def test_what_no_statement_would_list_is_paid_as_it_is_renewed(shop: Shop) -> None:
    """After a contract has ended."""
    shop.pay(shop.order(ESSENTIAL))
    until = (START + timedelta(days=40)).date()
    agree_contract(Wanted(shop.books.workspace, until_date=until), uuid.uuid4(), shop.at)
    shop.run_due(END)
    renewal = Order.objects.latest("id")
    assert (renewal.kind, renewal.state) == ("renew", "fulfilled")
    assert len(shop.gateway.taken) == 1, "the renewal is on the contract's statement"
    shop.run_due(datetime(2026, 3, 31, tzinfo=UTC))
    assert len(shop.gateway.taken) == 2


def test_usage_that_was_counted_ahead_keeps_its_terms(shop: Shop) -> None:
    """Events may be five minutes early."""
    shop.books.feed(books.talk("u0", start=START + timedelta(minutes=4)), START)
    shop.buy(ESSENTIAL)
    [(_, _, start, _)] = shop.phases()
    assert start == START + timedelta(minutes=4, microseconds=1)


def test_of_two_at_once_one_is_ordered(committed: None) -> None:
    shop = Shop.opened(books.open_books("helpdesk"))
    shop.buy(ESSENTIAL)
    acts = [
        partial(order_change, shop.wish(key, seats=seats), uuid.uuid4(), shop.at)
        for key, seats in ((ADVANCED, 2), (ESSENTIAL, 4))
    ]
    found = at_once(*acts)
    assert sorted(type(one).__name__ for one in found) == ["ChangeInProgress", "Order"]


def test_an_add_on_needs_a_plan_that_it_goes_with(shop: Shop) -> None:
    with pytest.raises(NeedsPlan, match="Advanced Rag goes with a plan of automation_ai or"):
        shop.order("add_on/advanced_rag")
    shop.buy(ESSENTIAL)
    assert shop.buy("add_on/advanced_rag").state == "fulfilled"
