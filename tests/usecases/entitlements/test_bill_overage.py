"""Seats beyond those that were bought are paid by credit: once, and what late log-ins change."""

import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from quartermaster.core.plans.entitlements import SeatPolicy
from quartermaster.store.metering.models import Event
from quartermaster.store.subscriptions import overages
from quartermaster.store.subscriptions.models import SeatCharge, SeatMonth
from quartermaster.usecases.archive.archive_events import archive_events
from quartermaster.usecases.clocks.advance_clock import advance_clock
from quartermaster.usecases.clocks.freeze_clock import freeze_clock
from quartermaster.usecases.clocks.works import Works
from quartermaster.usecases.credits.lapse_credits import lapse_credits
from quartermaster.usecases.entitlements.assign_seat import assign_seat
from quartermaster.usecases.entitlements.bill_overage import bill_overage
from quartermaster.usecases.people.set_seat_policy import set_seat_policy
from quartermaster.usecases.plans.contracts import agree_contract
from quartermaster.usecases.subscriptions.cancel_subscription import cancel_subscription
from quartermaster.usecases.usage.meter_events import Policy
from tests.books import LOG, assert_books_hold, open_books
from tests.fakes.archive import MemoryArchive
from tests.usecases.at_once import at_once
from tests.usecases.entitlements.conftest import Floor, seated
from tests.usecases.shop import ESSENTIAL, PRODUCT, START, Shop, catalog_of, plan

HOUR = timedelta(hours=1)
FIRST = datetime(2026, 2, 28, tzinfo=UTC)
SECOND = datetime(2026, 3, 31, tzinfo=UTC)
EACH = 15_000_000


@pytest.fixture
def busy(floor: Floor) -> Floor:
    """Four agents at once where two seats were bought, overage billed."""
    floor.bill_overage()
    floor.shop.buy(ESSENTIAL)
    crowd(floor, "ann", "bob", "cy", "dee")
    return floor


def crowd(floor: Floor, *agents: str, start: float = 60) -> None:
    for place, agent in enumerate(agents):
        floor.moves("in", agent, start + place)
        floor.moves("out", agent, start + 30)


def minutes(at: datetime) -> float:
    return (at - START) / timedelta(minutes=1)


def bill(floor: Floor, at: datetime) -> list[int]:
    """All that is due; what each month comes to."""
    found = []
    while (month := bill_overage(floor.shop.subscription.id, at)) is not None:
        found.append(month.amount_micro)
    return found


def balance(floor: Floor) -> int:
    return floor.shop.books.paid() + floor.shop.books.free()


def charges() -> list[tuple[int, int]]:
    found = SeatCharge.objects.order_by("id")
    return list(found.values_list("seats", "amount_micro"))


def test_a_month_is_charged_an_hour_after_its_end_and_once(busy: Floor) -> None:
    had = balance(busy)
    assert bill(busy, FIRST + HOUR - timedelta(microseconds=1)) == []
    assert bill(busy, FIRST + HOUR) == [2 * EACH]
    assert bill(busy, FIRST + 2 * HOUR) == []
    assert had - balance(busy) == 2 * EACH
    month = SeatMonth.objects.get()
    assert (month.start_at, month.end_at, month.seats) == (START, FIRST, 2)
    assert month.first_at == START + timedelta(minutes=63)
    assert_books_hold()


def test_each_month_by_itself(busy: Floor) -> None:
    crowd(busy, "ann", "bob", "cy", start=minutes(FIRST))
    assert bill(busy, SECOND + HOUR) == [2 * EACH, EACH]
    assert_books_hold()


def test_months_of_an_annual_subscription(floor: Floor) -> None:
    floor.bill_overage()
    floor.shop.buy(ESSENTIAL, "annual")
    crowd(floor, "ann", "bob", "cy")
    crowd(floor, "ann", "bob", "cy", start=minutes(FIRST))
    assert bill(floor, FIRST + HOUR) == [EACH]
    assert bill(floor, SECOND + HOUR) == [EACH]


def test_the_last_month_of_a_subscription_that_ended(busy: Floor) -> None:
    cancel_subscription(busy.shop.bot, PRODUCT, START + HOUR)
    busy.shop.run_due(FIRST)
    assert busy.shop.subscription.state == "canceled"
    assert bill(busy, FIRST + HOUR) == [2 * EACH]
    assert overages.due() == []


def test_late_logins_are_charged_and_given_back(busy: Floor) -> None:
    bill(busy, FIRST + HOUR)
    busy.moves("in", "eve", 65)
    assert SeatMonth.objects.get().is_late
    assert overages.due() == [busy.shop.subscription.id]
    assert_books_hold()
    assert bill(busy, FIRST + 2 * HOUR) == [3 * EACH]
    busy.moves("out", "cy", 62)
    busy.moves("out", "dee", 63)
    assert bill(busy, FIRST + 3 * HOUR) == [EACH]
    assert charges() == [(2, 2 * EACH), (3, EACH), (1, -2 * EACH)]
    assert_books_hold()


def test_late_logins_that_change_nothing(busy: Floor) -> None:
    bill(busy, FIRST + HOUR)
    busy.moves("in", "eve", 600)
    assert bill(busy, FIRST + 2 * HOUR) == [2 * EACH]
    assert len(charges()) == 1
    assert not SeatMonth.objects.get().is_late


def test_logins_of_another_month_leave_it_alone(busy: Floor) -> None:
    bill(busy, FIRST + HOUR)
    busy.moves("in", "eve", minutes(FIRST) + 13 * 60)
    assert not SeatMonth.objects.get().is_late


def test_only_while_overage_is_the_policy(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    crowd(floor, "ann", "bob", "cy", "dee")
    workspace = floor.shop.bot.workspace
    set_seat_policy(workspace, SeatPolicy.OVERAGE, START + 5 * HOUR)
    crowd(floor, "ann", "bob", "cy", start=360)
    set_seat_policy(workspace, SeatPolicy.REFUSE, START + 8 * HOUR)
    crowd(floor, "ann", "bob", "cy", "dee", "eve", start=600)
    assert bill(floor, FIRST + HOUR) == [EACH]
    assert bill(floor, SECOND + HOUR) == [0]


def test_nothing_where_the_policy_never_was_overage(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    crowd(floor, "ann", "bob", "cy")
    assert overages.due() == []
    assert bill(floor, SECOND + HOUR) == []


def test_a_plan_that_ended_before_is_not_looked_at(floor: Floor) -> None:
    floor.shop.buy(ESSENTIAL)
    cancel_subscription(floor.shop.bot, PRODUCT, START + HOUR)
    floor.shop.run_due(FIRST)
    floor.bill_overage()
    assert overages.due() == []
    assert bill(floor, SECOND + HOUR) == []


def test_a_plan_without_seats_is_not_looked_at(db: None) -> None:
    sold = plan("essential", "60", "600", trial={"days": 14})
    del sold["seats"]
    floor = Floor(Shop.opened(open_books("helpdesk"), catalog_of(sold)))
    floor.bill_overage()
    floor.shop.buy(ESSENTIAL)
    assert overages.due() == []
    assert bill(floor, SECOND + HOUR) == []


def test_named_seats_that_were_held(named: Shop) -> None:
    floor = Floor(named)
    floor.bill_overage()
    named.buy(ESSENTIAL)
    for agent in ("ann", "bob", "cy"):
        assign_seat(named.bot, PRODUCT, agent, START + HOUR)
    assert bill(floor, FIRST + HOUR) == [EACH]
    assert_books_hold()


def test_a_wallet_without_credit_owes_it(busy: Floor) -> None:
    lapse_credits(FIRST + timedelta(days=3650))
    set_seat_policy(busy.shop.bot.workspace, SeatPolicy.REFUSE, FIRST)
    assert bill(busy, FIRST + HOUR) == [2 * EACH]
    assert busy.shop.books.paid() == -2 * EACH
    assert_books_hold()


def test_what_a_contract_covers_is_left_to_its_statements(busy: Floor) -> None:
    began = START + timedelta(days=10)
    workspace = busy.shop.bot.workspace
    wanted = agree_contract.Wanted(workspace)
    agree_contract.agree_contract(wanted, uuid.uuid4(), began)
    crowd(busy, "ann", "bob", "cy", "dee", "eve", start=minutes(began) + 60)
    assert bill(busy, SECOND + HOUR) == [2 * EACH]
    assert SeatMonth.objects.get().end_at == began


def test_log_ins_that_were_archived(busy: Floor) -> None:
    books, archive = busy.shop.books, MemoryArchive()
    books.archive = archive
    for _ in archive_events(archive, books.workspace, None, FIRST + timedelta(days=60)):
        pass
    assert not Event.objects.exists()
    assert bill_overage(busy.shop.subscription.id, FIRST + HOUR, archive) is not None
    assert charges() == [(2, 2 * EACH)]
    assert_books_hold(archive)


class Crash(Exception):
    """The process is gone."""


def test_a_crash_leaves_nothing_behind(busy: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise Crash

    had = balance(busy)
    with monkeypatch.context() as patched:
        patched.setattr(overages, "charge", crash)
        with pytest.raises(Crash):
            bill(busy, FIRST + HOUR)
    assert (balance(busy), SeatMonth.objects.count()) == (had, 0)
    assert bill(busy, FIRST + HOUR) == [2 * EACH]


def test_two_at_once_charge_once(committed: None, busy: Floor) -> None:
    had = balance(busy)
    act = partial(bill_overage, busy.shop.subscription.id, FIRST + HOUR)
    assert sum(one is not None for one in at_once(act, act, act)) == 1
    assert had - balance(busy) == 2 * EACH
    assert_books_hold()


def test_a_clock_that_is_moved_on_settles_months(db: None) -> None:
    books = open_books("helpdesk", is_test=True)
    shop = Shop.opened(books, seated())
    freeze_clock(books.workspace, START)
    floor = Floor(shop)
    floor.bill_overage()
    shop.buy(ESSENTIAL, "annual")
    crowd(floor, "ann", "bob", "cy")
    works = Works(LOG, Policy, shop.gateways)
    done = advance_clock(works, books.workspace, SECOND + 2 * HOUR, SECOND)
    settled = [one.at for one in done.happened if one.what == "seats_settled"]
    assert settled == [FIRST + HOUR, SECOND + HOUR]
    assert charges() == [(1, EACH)]
    assert_books_hold()
