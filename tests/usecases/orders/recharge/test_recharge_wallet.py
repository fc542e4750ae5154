"""One wallet is recharged, once, wherever it is cut off and whoever else acts."""

import contextlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from quartermaster.core.invoices.parties import Party
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import BadRecharge, Cap, Reason
from quartermaster.store.billing import queries
from quartermaster.store.orders import recharges
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.invoices.set_billing_profile import set_billing_profile
from quartermaster.usecases.orders.invoices.set_tax import set_tax
from quartermaster.usecases.orders.recharge.recharge_wallet import recharge_wallet
from quartermaster.usecases.orders.recharge.show_recharge import show_recharge
from quartermaster.usecases.plans.contracts.agree_contract import Wanted, agree_contract
from quartermaster.usecases.ports.gateways import Decline, Gateways, Notice, NoticeKind
from quartermaster.usecases.proof import _recharges
from tests import books
from tests.books import assert_books_hold
from tests.usecases.at_once import at_once
from tests.usecases.orders.recharge.saver import DAY, HOUR, MINUTE, Saver
from tests.usecases.told import told

PAID = [("fulfilled", 10_000)]
FAILED = [("failed", 10_000)]


class PowerCut(Exception):
    """Everything stops here."""


def recharge(saver: Saver, now: Callable[[], datetime] | None = None) -> Order | None:
    return recharge_wallet(saver.shop.gateways, saver.shop.bot, now or saver.shop.now)


def test_one_charge_closes_the_gap(saver: Saver) -> None:
    saver.set(25_000)
    done = recharge(saver)
    assert done is not None
    assert (done.state, done.total_minor, done.kind) == ("fulfilled", 20_000, "recharge")
    assert saver.paid_dollars == 300
    assert recharge(saver) is None
    assert_books_hold()


def test_at_the_threshold_there_is_enough(saver: Saver) -> None:
    saver.set(10_000)
    assert recharge(saver) is None
    saver.use(1)
    assert recharge(saver) is not None


def test_what_was_never_set_is_not_done(saver: Saver) -> None:
    saver.use(100)
    assert recharge(saver) is None


def test_its_own_method_is_charged_and_not_the_default(saver: Saver) -> None:
    other = saver.shop.save("paypal")
    saver.set(method=other.public_id)
    saver.use(60)
    recharge(saver)
    assert Payment.objects.latest("id").method == other


def test_declined_it_backs_off_and_then_switches_itself_off(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    saver.shop.provider.later[saver.method.token] = Decline.INSUFFICIENT_FUNDS
    assert saver.run() == FAILED
    for wait in (HOUR, 6 * HOUR, 24 * HOUR):
        begun = saver.shop.at
        assert saver.run(begun + wait - timedelta(microseconds=1)) == []
        assert saver.run(begun + wait) == FAILED
    terms = queries.find_recharge(saver.shop.bot.id)
    assert terms is not None
    assert (terms.on_at, terms.off_reason, terms.by) == (None, "given_up", "quartermaster")
    assert terms.set_at == saver.shop.at
    saver.shop.provider.later.clear()
    assert saver.later(30 * DAY) == [], "never on by itself"
    saver.set()
    assert saver.run() == PAID
    assert_books_hold()


def test_a_provider_that_is_switched_off_has_declined(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    off, began = Gateways(), saver.shop.at
    for wait in (0 * HOUR, HOUR, 6 * HOUR, DAY):
        saver.shop.at += wait
        done = recharge_wallet(off, saver.shop.bot, saver.shop.now)
        assert done is not None
        assert (done.state, Payment.objects.latest("id").code) == ("failed", "method_not_taken")
        assert recharge_wallet(off, saver.shop.bot, saver.shop.now) is None
    assert saver.shop.at - began == 31 * HOUR
    terms = queries.find_recharge(saver.shop.bot.id)
    assert terms is not None
    assert terms.off_reason == "given_up"
    assert len(told("recharge.failed.card")) == 4
    assert_books_hold()


def test_a_success_begins_the_back_off_anew(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    declined = [Decline.DECLINED] * 3
    saver.shop.provider.next = list(declined)
    saver.run()
    assert [saver.later(wait) for wait in (HOUR, 6 * HOUR)] == [FAILED] * 2
    assert saver.later(DAY) == PAID
    saver.use(100)
    saver.shop.provider.next = list(declined)
    assert saver.run() == FAILED
    assert saver.later(HOUR) == FAILED
    terms = queries.find_recharge(saver.shop.bot.id)
    assert terms is not None
    assert terms.on_at is not None


def test_usage_that_comes_while_one_is_in_flight_is_seen_to_afterwards(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    saver.shop.provider.hesitates = True
    assert saver.run() == [("awaiting_payment", 10_000)]
    saver.use(120)
    assert saver.later(HOUR) == []
    saver.shop.provider.hesitates = False
    saver.shop.provider.settle()
    saver.shop.run_due(saver.shop.at + MINUTE)
    assert saver.paid_dollars == 20
    assert saver.run() == PAID
    assert saver.paid_dollars == 120
    assert_books_hold()


def test_a_declined_outcome_that_is_learnt_late_counts_from_then(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    saver.shop.provider.is_out = True
    saver.run()
    saver.shop.provider.is_out = False
    saver.shop.provider.next = [Decline.DECLINED]
    saver.shop.run_due(saver.shop.at + 5 * HOUR)
    assert saver.later(HOUR - MINUTE) == []
    assert saver.later(MINUTE) == PAID


def test_caps_hold_across_local_midnight_of_a_short_day(db: None) -> None:
    begun = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    zone = ZoneInfo("Europe/Berlin")
    made = books.open_books("helpdesk", price="1", free_micro=0, zone=str(zone))
    saver = Saver.opened(made, begun.astimezone(zone).replace(hour=10))
    saver.shop.at = begun  # half past midnight on the day that lacks an hour
    saver.set(100_000, day=Cap(count=2), month=Cap(amount_minor=60_000), amount_minor=10_000)
    saver.set(15_000, day=Cap(count=1), month=Cap(amount_minor=30_000))
    assert saver.run() == PAID
    saver.use(150)
    next_day = datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert saver.run(next_day - timedelta(microseconds=1)) == []
    assert saver.run(next_day) == [("fulfilled", 10_000)]
    saver.use(150)
    assert saver.run(next_day + DAY) == PAID
    saver.use(100)
    month_end = datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert saver.run(month_end - timedelta(microseconds=1)) == []
    assert saver.run(month_end) != []
    assert_books_hold()


def test_cut_off_anywhere_it_charges_once(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    for left in range(3):
        with contextlib.suppress(PowerCut):
            recharge(saver, partial(_says, saver.shop.at, iter(range(left))))
    assert Payment.objects.filter(order__kind="recharge").count() == 1
    saver.shop.run_due(saver.shop.at + 2 * MINUTE)
    assert saver.paid_dollars == 140
    assert len([one for one in saver.shop.provider.paid.values() if one.request]) == 2
    assert_books_hold()


def _says(at: datetime, left: Any) -> datetime:
    """A clock that stops everything when it is asked once too often."""
    if next(left, None) is None:
        raise PowerCut
    return at


def test_an_answer_that_is_lost_is_asked_for_with_the_same_key(saver: Saver) -> None:
    saver.set()
    saver.use(60)
    saver.shop.provider.loses_next = True
    assert saver.run() == [("awaiting_payment", 10_000)]
    saver.shop.run_due(saver.shop.at + 2 * MINUTE)
    assert saver.paid_dollars == 140
    assert Payment.objects.filter(order__kind="recharge").count() == 1


def test_two_jobs_at_once_charge_once(committed: None) -> None:
    saver = _committed()
    done = at_once(*[saver.run] * 2)
    assert sorted(map(len, done)) == [0, 1]
    assert saver.paid_dollars == 140
    assert_books_hold()


def test_what_has_to_wait_waits_for_no_lock(committed: None) -> None:
    saver = _committed()
    saver.set(day=Cap(count=1))
    saver.use(60)
    assert recharge(saver) is not None
    saver.use(100)

    def look() -> Order | None:
        with connection.cursor() as cursor:
            cursor.execute("set lock_timeout = '5s'")
        return recharge(saver)

    with transaction.atomic():
        people.lock_workspace(saver.shop.bot.workspace_id)
        assert at_once(look) == [None]


def test_against_switching_off(committed: None) -> None:
    saver = _committed()
    at_once(saver.run, saver.off)
    assert saver.paid_dollars in (40, 140)
    assert saver.run() == []
    assert_books_hold()


def test_against_a_purchase_by_hand(committed: None) -> None:
    saver = _committed()
    order = saver.shop.fund()
    at_once(saver.run, partial(saver.shop.pay, order))
    order.refresh_from_db()
    assert order.state == "fulfilled"
    assert saver.paid_dollars in (140, 240)
    assert saver.run() == []
    assert_books_hold()


def _committed() -> Saver:
    saver = Saver.opened(books.open_books("helpdesk", price="1", free_micro=0))
    saver.set()
    saver.use(60)
    return saver


def test_under_a_contract_nothing_is_charged(saver: Saver) -> None:
    """Until it has ended: by credit again, the wallet is under its threshold still."""
    saver.set()
    saver.use(60)
    workspace, until = saver.shop.books.workspace, saver.shop.at + 7 * DAY
    wanted = Wanted(workspace, until_date=until.date())
    agree_contract(wanted, uuid.uuid4(), saver.shop.at)
    assert saver.run() == []
    shown = show_recharge(saver.shop.gateways, saver.shop.bot, saver.shop.at)
    assert (shown.why_not, shown.next_at) == (
        Reason.ON_ACCOUNT,
        datetime.combine(until, time(), UTC),
    )
    assert saver.run(until) == [("fulfilled", 10_000)]


def test_an_amount_cap_is_of_what_is_charged_with_its_tax(saver: Saver) -> None:
    saver.set(day=Cap(amount_minor=11_000))
    saver.use(60)
    taxed(saver, "19")
    assert saver.run() == [], "no charge of 119.00"
    assert show_recharge(saver.shop.gateways, saver.shop.bot, saver.shop.at).why_not is Reason.CAP
    with pytest.raises(BadRecharge, match=r"119\.00"):
        saver.set(day=Cap(amount_minor=11_899))
    saver.set(day=Cap(amount_minor=11_900))
    shown = show_recharge(saver.shop.gateways, saver.shop.bot, saver.shop.at)
    assert (shown.next_minor, shown.next_due_minor) == (10_000, 11_900)
    assert saver.run() == [("fulfilled", 10_000)]
    assert [one.amount_minor for one in recharges.payments(saver.shop.bot.id)] == [11_900]
    taxed(saver, "20")
    assert list(_recharges.faults()) == [], "it is judged by the tax of its time"
    saver.use(100)
    assert saver.run() == []


def test_what_was_declined_and_paid_all_the_same_kept_to_its_terms(saver: Saver) -> None:
    """While it was taken for declined, another was charged, and after it one without back-off."""
    saver.set(day=Cap(count=3))
    saver.use(60)
    provider = saver.shop.provider
    provider.next = [Decline.DECLINED, Decline.DECLINED]
    assert saver.run() == [("failed", 10_000)]
    assert saver.later(HOUR) == [("failed", 10_000)]
    for one in recharges.payments(saver.shop.bot.id):
        there = provider.paid[one.reference]
        there.outcome, there.code = Outcome.SUCCEEDED, ""
        saver.shop.at += MINUTE
        saver.shop.notify(Notice(f"late {one.id}", NoticeKind.PAYMENT, one.reference))
    assert saver.later(MINUTE) == [("fulfilled", 10_000)]
    saver.use(100)
    assert saver.later(HOUR) == [], "three were charged that day"
    assert_books_hold()
    assert [one.outcome for one in recharges.payments(saver.shop.bot.id)] == ["succeeded"] * 3


def taxed(saver: Saver, percent: str) -> None:
    """In the country of the buyer."""
    set_tax(True, {"DE": Decimal(percent)}, saver.shop.at)
    set_billing_profile(saver.shop.bot.workspace, Party("Ann", country="DE"), saver.shop.at)
