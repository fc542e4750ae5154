"""The scheduled tasks: registered under their names, on time, and each one use case."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector
from structlog.testing import capture_logs

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.money import MICRO
from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.core.usage.events import Event
from quartermaster.interfaces.jobs import tasks
from quartermaster.interfaces.jobs.tasks import Archiving
from quartermaster.store.contracts.models import Contract, Statement
from quartermaster.store.metering import queries as metering
from quartermaster.store.metering.models import Archive, EventImport
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders.operations import BY_HAND
from quartermaster.store.people import operations as people
from quartermaster.store.wallets.models import Lot, Wallet
from quartermaster.usecases.orders.payments.begin_payment import begin_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.people.set_seat_policy import set_seat_policy
from quartermaster.usecases.plans.contracts.agree_contract import Wanted, agree_contract
from quartermaster.usecases.ports import WrittenFile
from quartermaster.usecases.ports.gateways import (
    Gateway,
    Gateways,
    PaymentAnswer,
    PaymentRequest,
    PlainGateway,
)
from tests.books import NOW, Books, assert_books_hold, clock, open_books, talk
from tests.fakes.archive import MemoryArchive, PowerCut
from tests.fakes.gateway import FakeGateway, Unreachable
from tests.usecases.entitlements.conftest import seated
from tests.usecases.orders.recharge.saver import Saver
from tests.usecases.orders.wires.bank import Bank, paying
from tests.usecases.shop import ESSENTIAL, PRODUCT, Shop

SCHEDULES = {"quartermaster:lapse_credits": "*/5 * * * *"}
SCHEDULES["quartermaster:rate_spending"] = "2-59/5 * * * *"
SCHEDULES["quartermaster:renew_subscriptions"] = "4-59/5 * * * *"
SCHEDULES["quartermaster:recharge_wallets"] = "* * * * *"
SCHEDULES["quartermaster:expire_orders"] = "3-59/5 * * * *"
SCHEDULES["quartermaster:pay_wires"] = "1-59/5 * * * *"
SCHEDULES["quartermaster:close_cycles"] = "7 * * * *"
SCHEDULES["quartermaster:bill_overage"] = "22 * * * *"
SCHEDULES["quartermaster:remind_renewals"] = "1-59/5 * * * *"
SCHEDULES["quartermaster:watch_methods"] = "12 * * * *"


def built(
    archiving: Archiving | None = None, gateway: PlainGateway | None = None, *several: Gateway
) -> App:
    app = App(connector=InMemoryConnector())
    archive = archiving.archive if archiving else MemoryArchive()
    made = tasks.build(clock, Gateways(several, gateway or FakeGateway()), archive, archiving)
    app.add_tasks_from(made, namespace="quartermaster")
    return app


def test_every_task_has_its_schedule() -> None:
    periodic = built().periodic_registry.periodic_tasks.values()
    assert {one.task.name: one.cron for one in periodic} == SCHEDULES


def test_no_task_waits_twice() -> None:
    app = built()
    for name in SCHEDULES:
        assert app.tasks[name].queueing_lock == name.removeprefix("quartermaster:")


@pytest.fixture
def books(db: None) -> Books:
    return open_books("helpdesk", free_micro=0)


def run(name: str) -> Any:
    return built().tasks[f"quartermaster:{name}"].func(timestamp=0)


def test_low_wallets_are_recharged(db: None) -> None:
    saver = Saver.opened(open_books("helpdesk", free_micro=0))
    saver.set(15_000)
    task = built(None, None, saver.shop.provider).tasks["quartermaster:recharge_wallets"]
    with capture_logs() as logs:
        task.func(timestamp=0)
        task.func(timestamp=0)
    assert [(one["event"], one["state"]) for one in logs] == [("recharged", "fulfilled")]
    assert saver.paid_dollars == 200


def test_wires_that_waited_pay_their_orders(db: None) -> None:
    """No other statement has to come for it."""
    bank = Bank(Shop.opened(open_books("helpdesk", free_micro=0)))
    bank.shop.at = NOW
    order = bank.shop.fund()
    attempt = begin_payment(order.id, BY_HAND, bank.shop.at)
    bank.send(paying(order))
    run("pay_wires")
    assert bank.state(order) == "awaiting_payment"
    settle_payment(attempt.id, PaymentAnswer(Outcome.DECLINED, "gone"), bank.shop.at)
    with capture_logs() as logs:
        run("pay_wires")
        run("pay_wires")
    assert [(one["event"], one["state"]) for one in logs] == [("paid_by_wire", "fulfilled")]
    assert (bank.state(order), bank.shop.books.paid()) == ("fulfilled", 100 * MICRO)
    assert_books_hold()


def test_a_wire_that_fails_holds_up_no_other(db: None) -> None:
    bank = Bank(Shop.opened(open_books("helpdesk", free_micro=0)))
    bank.shop.at = NOW
    order, other = bank.shop.fund(), bank.shop.fund()
    attempts = [begin_payment(one.id, BY_HAND, bank.shop.at) for one in (order, other)]
    bank.send(paying(order), paying(other))
    for attempt in attempts:
        settle_payment(attempt.id, PaymentAnswer(Outcome.DECLINED, "gone"), bank.shop.at)
    page = bank.shop.open(order)
    del bank.shop.provider.paid[page.reference]
    task = built(None, None, bank.shop.provider).tasks["quartermaster:pay_wires"]
    with capture_logs() as logs:
        task.func(timestamp=0)
    assert [one["event"] for one in logs] == ["paying_by_wire_failed", "paid_by_wire"]
    assert bank.state(other) == "fulfilled"


def test_expired_credit_lapses(books: Books) -> None:
    books.fund("helpdesk", MICRO, NOW + timedelta(hours=1))
    Lot.objects.update(expires_at=NOW)
    run("lapse_credits")
    lot = Lot.objects.get()
    assert (lot.lapsed_micro, lot.remaining_micro, books.paid()) == (MICRO, 0, 0)
    run("lapse_credits")
    assert_books_hold()


def test_rates_of_spending_are_worked_out_again(books: Books) -> None:
    books.fund("helpdesk", MICRO)
    books.feed(talk("u0 u20"))
    Wallet.objects.update(spent_per_day_micro=0, rated_at=NOW - timedelta(days=1))
    run("rate_spending")
    wallet = Wallet.objects.get()
    assert wallet.spent_per_day_micro > 0
    assert wallet.rated_at == NOW


def test_cycles_are_closed_an_hour_after_their_end(books: Books) -> None:
    other = open_books("other")
    month = NOW - timedelta(days=70)
    for each in (books, other):
        wanted = Wanted(each.workspace, anchor_date=(NOW - timedelta(hours=1)).date())
        agree_contract(wanted, uuid.uuid4(), month)
    run("close_cycles")
    found = Statement.objects.order_by("id").values_list("number", "end_at__month")
    assert list(found) == [(1, 9), (2, 10), (3, 11)] * 2
    run("close_cycles")
    assert Statement.objects.count() == 6
    assert_books_hold()


def test_a_cycle_that_has_just_ended_waits(books: Books) -> None:
    at = NOW - timedelta(days=30)
    contract = agree_contract(Wanted(books.workspace), uuid.uuid4(), at)
    Contract.objects.filter(id=contract.id).update(end_at=NOW - timedelta(minutes=59))
    run("close_cycles")
    assert not Statement.objects.exists()
    Contract.objects.filter(id=contract.id).update(end_at=NOW - timedelta(hours=1))
    run("close_cycles")
    assert Statement.objects.get().end_at == NOW - timedelta(hours=1)


def test_old_events_are_archived_only_if_that_was_said(books: Books) -> None:
    archive = MemoryArchive()
    app = built(Archiving(archive, 40))
    periodic = app.periodic_registry.periodic_tasks.values()
    crons = {one.task.name: one.cron for one in periodic}
    assert crons == SCHEDULES | {"quartermaster:archive_events": "17 3 * * *"}
    for days in (50, 80):
        books.feed(talk("u0", start=NOW - timedelta(days=days)))
    task = app.tasks["quartermaster:archive_events"]
    assert task.queueing_lock == "archive_events"
    task.func(timestamp=0)
    assert [f"{one.start_at:%m}" for one in Archive.objects.order_by("start_at")] == ["09"]
    assert_books_hold(archive)


def test_who_is_passed_over_for_an_import_is_named(books: Books) -> None:
    books.feed(talk("u0", start=NOW - timedelta(days=80)))
    EventImport.objects.create(workspace=books.workspace, digest=b"1", read_at=NOW)
    with capture_logs() as lines:
        built(Archiving(MemoryArchive(), 40)).tasks["quartermaster:archive_events"].func(0)
    [line] = lines
    assert (line["event"], line["name"]) == ("importing", books.workspace.name)
    assert not Archive.objects.exists()


def test_a_workspace_that_cannot_be_archived_holds_up_no_other(books: Books) -> None:
    other = open_books("other")
    for each, bot in ((books, "helpdesk"), (other, "other")):
        each.feed(talk("u0", bot, start=NOW - timedelta(days=80)))

    class OneFails(MemoryArchive):
        """The first workspace's disk is full."""

        def write(self, name: str, pieces: Any) -> WrittenFile:
            """But not the other's."""
            if books.workspace.public_id in name:
                raise PowerCut
            return super().write(name, pieces)

    app = built(Archiving(OneFails(), 40))
    app.tasks["quartermaster:archive_events"].func(timestamp=0)
    assert Archive.objects.get().workspace == other.workspace


def test_a_subscription_that_cannot_be_settled_is_logged_and_holds_up_no_other(
    books: Books,
) -> None:
    other = open_books("other")
    shop = Shop.opened(books)
    shop.buy(ESSENTIAL)
    Shop(other, other.bots["other"]).buy(ESSENTIAL)
    shop.run_due(NOW - timedelta(days=40))

    class OneFails(FakeGateway):
        """The first workspace's bank is away."""

        def charge(self, request: PaymentRequest) -> PaymentAnswer:
            """But not the other's."""
            if request.workspace == books.workspace.public_id:
                raise Unreachable
            return super().charge(request)

    with capture_logs() as lines:
        built(gateway=OneFails()).tasks["quartermaster:renew_subscriptions"].func(timestamp=0)
    assert [line["event"] for line in lines] == ["settling_failed", "settled"]
    assert lines[1]["state"] == "active"


def test_where_a_clock_stands_events_are_as_old_as_it_says(db: None) -> None:
    books = open_books("helpdesk", is_test=True)
    books.feed(talk("u0", start=NOW - timedelta(days=80)))
    people.set_clock(books.workspace.id, NOW + timedelta(days=90))
    books.feed(talk("u0", start=NOW), NOW)
    archive = MemoryArchive()
    built(Archiving(archive, 40)).tasks["quartermaster:archive_events"].func(timestamp=0)
    assert [f"{one.start_at:%m}" for one in Archive.objects.order_by("start_at")] == ["09", "11"]


def test_where_a_clock_stands_nothing_waits_for_long(books: Books) -> None:
    test = open_books("helpdesk", is_test=True)
    people.set_clock(test.workspace.id, NOW)
    test.submit(talk("u0"))
    assert metering.lag(NOW + timedelta(days=30)) == (0, 1)
    books.submit(talk("u0 u1"), NOW + timedelta(days=29))
    assert metering.lag(NOW + timedelta(days=30)) == (86_400, 3)


def test_seats_beyond_those_bought_are_billed(books: Books) -> None:
    shop = Shop.opened(books, seated())
    set_seat_policy(books.workspace, SeatPolicy.OVERAGE, shop.at)
    shop.buy(ESSENTIAL)
    for agent in ("ann", "bob", "cy"):
        at, named = shop.at + timedelta(hours=1), {"agent": agent, "product": PRODUCT}
        books.feed([Event(f"in-{agent}", "agent.logged_in", at, "helpdesk", **named)])
    run("bill_overage")
    run("bill_overage")
    assert books.paid() == -15 * MICRO


def test_orders_that_nobody_pays_expire_and_one_that_fails_holds_up_no_other(books: Books) -> None:
    shop = Shop.opened(books)
    shop.at = NOW - timedelta(days=2)
    orders.note_page(shop.open(shop.fund()), "", "")
    shop.fund()
    shop.provider.is_out = True
    with capture_logs() as lines:
        app = built(None, None, shop.provider)
        app.tasks["quartermaster:expire_orders"].func(timestamp=0)
    assert [line["event"] for line in lines] == ["expiring_failed", "expired"]
    assert_books_hold()
