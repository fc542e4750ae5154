"""Amounts opened: charges and transfers, down to sessions, deliveries and lots."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from quartermaster.adapters.event_archive import ParquetArchive
from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name, UnknownId
from quartermaster.core.ledger.transfers import IN_WORDS, Fact
from quartermaster.core.money import MICRO
from quartermaster.core.periods import Period
from quartermaster.core.usage.events import Event as Incoming
from quartermaster.core.usage.events import Kind
from quartermaster.store.ledger.models import Transfer
from quartermaster.store.metering import lookups
from quartermaster.store.metering.lookups import TouchedSession
from quartermaster.store.metering.models import Correction, Event, Session
from quartermaster.store.people.models import Workspace
from quartermaster.store.subscriptions.models import SeatMonth
from quartermaster.store.wallets.models import Charge
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.archive.archive_events import archive_events
from quartermaster.usecases.plans.publish_prices import publish_prices
from quartermaster.usecases.ports import ArchiveDamaged
from quartermaster.usecases.proof.explain_amount import ExplainedAmount, explain_amount
from quartermaster.usecases.proof.explain_session import explain_session
from tests.books import NOW, Books, open_books, talk
from tests.usecases.credits import history
from tests.usecases.shop import Shop, catalog_of
from tests.usecases.usage.test_meter_property import feedings, open_two, scripts

pytestmark = pytest.mark.django_db
START = NOW - timedelta(days=60)


def charge(books: Books, number: int) -> ExplainedAmount:
    return explain_amount(books.workspace.id, f"chg_{number}", books.archive)


def transfer(books: Books, number: int) -> ExplainedAmount:
    return explain_amount(books.workspace.id, f"trf_{number}", books.archive)


def every(books: Books) -> dict[str, ExplainedAmount]:
    """All charges and transfers of a workspace, explained."""
    charges = Charge.objects.filter(bot__workspace=books.workspace).values_list("id", flat=True)
    found = Transfer.objects.filter(debit__workspace=books.workspace).values_list("id", flat=True)
    names = [public_ids.of(Name.CHARGE, one) for one in charges]
    names += [public_ids.of(Name.TRANSFER, one) for one in found]
    return {name: explain_amount(books.workspace.id, name, books.archive) for name in names}


def test_a_charge_of_a_session() -> None:
    books = open_books("helpdesk", free_micro=MICRO // 10)
    lot = books.fund("helpdesk", MICRO // 20)
    books.feed(talk("b0 u1 b9", channel="web", start=START))
    stored = Charge.objects.get()
    found = charge(books, stored.id)
    assert (found.id, found.amount_micro, found.at) == (f"chg_{stored.id}", 200_000, NOW)
    assert found.formula == "1 billing session × $0.20 = $0.20"
    assert found.session == explain_session(Session.objects.get().id)
    assert (found.transfer, found.deliveries) == (None, [])
    assert found.charge is not None
    facts = (found.charge.session, found.charge.bot_name, found.charge.unit, found.charge.slot_at)
    assert facts == (Session.objects.get().id, "helpdesk", "billing_session", START)
    draws = [(one.source, one.amount_micro) for one in found.charge.charge.draws]
    assert draws == [("paid", 50_000), ("free", 100_000), ("debt", 50_000)]
    assert found.lots.keys() == {one.id for one in books.lots()}
    assert (found.lots[lot.id].granted_micro, found.lots[lot.id].used_micro) == (50_000, 50_000)
    part = transfer(books, found.charge.charge.draws[0].transfer)
    assert part.formula == (
        "$0.05: credit that paid for usage; a part of 1 billing session × $0.20 = $0.20"
    )
    assert (part.charge, part.session, list(part.lots)) == (found.charge, found.session, [lot.id])
    debt = transfer(books, found.charge.charge.draws[2].transfer)
    assert (debt.amount_micro, debt.lots) == (50_000, {})


def test_a_charge_without_a_session_tells_when_its_units_came() -> None:
    books = history.tell().main
    sums = dict.fromkeys(("api_session", "alert"), 0)
    for stored in Charge.objects.filter(bot__workspace=books.workspace, session_id=None):
        found = charge(books, stored.id)
        assert found.session is None
        assert len(found.deliveries) == stored.quantity
        assert all(
            stored.slot_at <= at < stored.slot_at + timedelta(minutes=15) for at in found.deliveries
        )
        sums[stored.unit] += found.amount_micro
        expected = {
            "api_session": "2 api sessions × $0.0015 = $0.003",
            "alert": "1 alert × $0.01 = $0.01",
        }
        assert found.formula == expected[stored.unit]
    assert sums == {"api_session": 3_000, "alert": 10_000}


def test_every_amount_follows_from_what_is_told_of_it() -> None:
    told = history.tell()
    for books in (told.main, told.other, told.contract):
        for name, found in every(books).items():
            assert found.id == name
            if found.transfer is None:
                assert found.charge is not None
                drawn = sum(one.amount_micro for one in found.charge.charge.draws)
                assert drawn == found.amount_micro == found.charge.charge.amount_micro
            else:
                assert found.amount_micro == found.transfer.amount_micro > 0
                assert IN_WORDS[Fact(found.transfer.fact)] in found.formula
                lot = found.transfer.lot
                assert list(found.lots) == ([] if lot is None else [lot])
            if found.charge is not None and found.charge.session is not None:
                assert found.session is not None
                assert found.session.session.workspace == books.workspace.public_id


@pytest.mark.parametrize(
    ("fact", "formula"),
    [
        (Fact.FREE_CREDITS_GRANTED, "$3.00: free credit granted to the workspace"),
        (Fact.FUNDS_ADDED, "$0.50: funds added to the bot's wallet"),
        (
            Fact.USAGE_CHARGED,
            "$0.20: credit that paid for usage; 1 billing session × $0.20 = $0.20",
        ),
        (
            Fact.USAGE_WITHDRAWN,
            "$0.20: credit given back for usage that was taken back; "
            "−1 billing session × $0.20 = −$0.20",
        ),
        (Fact.CREDITS_LAPSED, "$0.087: credit that was left when it expired"),
    ],
)
def test_a_transfer_of_each_fact(fact: Fact, formula: str) -> None:
    books = history.tell().main
    first = Transfer.objects.filter(debit__workspace=books.workspace, fact=fact)
    whole = first.filter(Q(charge_id=None) | Q(amount_micro=200_000)).order_by("id")[0]
    found = transfer(books, whole.id)
    assert found.formula == formula
    assert found.transfer is not None
    assert found.transfer.fact == fact
    assert (found.charge is None) == (whole.charge_id is None)


def test_a_session_cut_again_shows_what_stood_before_and_after() -> None:
    books = open_books("helpdesk")
    books.feed(talk("u10 b26", conversation="c", start=START))
    books.feed(talk("u0", conversation="c", start=START))
    first, second, new = Session.objects.order_by("id")[:3]
    taken, given = Charge.objects.filter(session_id=first.id).order_by("id")
    for found in (charge(books, taken.id), charge(books, given.id)):
        assert found.session is not None
        (recut,) = found.session.recuts
        assert (recut.at, recut.from_at, recut.before) == (NOW, START, 2)
        gone = {(one.id, one.is_new) for one in recut.sessions}
        assert {(first.id, False), (second.id, False), (new.id, True)} <= gone
    assert charge(books, given.id).formula == "−1 billing session × $0.20 = −$0.20"
    made = charge(books, Charge.objects.get(session_id=new.id).id)
    assert made.session is not None
    assert made.session.recuts == [recut]
    assert made.session.session.made_at == NOW


def test_in_the_workspaces_own_currency() -> None:
    """What is paid as it goes, what a plan prices, what is taken back, and transfers."""
    tiers = [{"up_to": 2, "unit": "0.10"}, {"unit": "0.05"}]
    usage = {"billing_session": {"included": 1, "model": "volume", "tiers": tiers}}
    plan = {"product": "automation_ai", "name": "small", "fee": {"monthly": "9"}, "usage": usage}
    books = open_books("helpdesk", "bookings")
    for one in (books.workspace, *(bot.workspace for bot in books.bots.values())):
        one.currency = "CHF"
        one.save()
    shop = Shop.opened(books, catalog_of(plan, currency="CHF", add_ons=[], support=[]))
    shop.at = START
    shop.buy("plan/automation_ai/small")
    start = START + timedelta(hours=1)
    books.feed(talk("u20 u50 u80 u110", conversation="c", start=start))
    books.feed(talk("u0", conversation="c", start=start))
    books.feed(talk("u0", bot="bookings", start=start))
    found = every(books)
    told = {one.formula for one in found.values()}
    assert "1 billing session × CHF 0.20 = CHF 0.20" in told
    assert "1 included = CHF 0.00" in told
    assert "4 cost CHF 0.15, 3 had cost CHF 0.20: CHF 0.15 − CHF 0.20 = −CHF 0.05" in told
    assert any(one.startswith("taken back: −CHF 0.10") for one in told)
    assert any(one.startswith("CHF 500.00: ") for one in told)
    assert not [one for one in told if "$" in one]
    words = "1 included, then all CHF 0.10 each if up to 2; all CHF 0.05 each if more"
    assert {one.charge.charge.plan_price for one in found.values() if one.charge} == {"", words}


def assert_corrections_are_told() -> None:
    """Those of each session with all sessions that they touched."""
    for session in Session.objects.exclude(made_by=None, withdrawn_by=None):
        expected = []
        for each in sorted({session.made_by_id, session.withdrawn_by_id} - {None}):
            touched = Session.objects.filter(Q(made_by=each) | Q(withdrawn_by=each))
            rows = touched.order_by("start_at", "id")
            expected.append(
                [TouchedSession(s.id, s.start_at, s.unit, s.made_by_id == each) for s in rows]
            )
        found = lookups.recuts(session.id)
        assert [one.sessions for one in found] == expected
        for one in found:
            made = sum(each.is_new for each in one.sessions)
            assert one.before - (len(one.sessions) - made) + made == one.after


def test_a_correction_is_told_with_all_that_it_touched() -> None:
    history.tell()
    assert Correction.objects.count() >= 2
    assert_corrections_are_told()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_corrections_of_any_talk_are_told_whole(data: st.DataObject) -> None:
    batches = data.draw(feedings(data.draw(scripts())))
    with transaction.atomic():
        books = open_two()
        for batch, _ in batches:
            books.feed(batch)
        assert_corrections_are_told()
        transaction.set_rollback(True)


def test_by_contract_there_is_nothing_to_explain() -> None:
    books = history.tell().contract
    grants = every(books)
    assert [found.transfer.fact for found in grants.values() if found.transfer] == [
        "free_credits_granted"
    ]
    found = explain_session(Session.objects.filter(bot__workspace=books.workspace)[0].id)
    assert found.charges == []


def test_it_says_the_same_when_their_events_are_archived(tmp_path: Path) -> None:
    books = history.tell().main
    books.archive = ParquetArchive(tmp_path)
    before = every(books)
    for _ in archive_events(books.archive, books.workspace, None, NOW + timedelta(days=60), 20):
        pass
    assert not Event.objects.filter(thread__bot__workspace=books.workspace).exists()
    after = every(books)
    for name, found in before.items():
        assert after[name] == found
    assert any(found.deliveries for found in before.values())
    for path in tmp_path.rglob("*.parquet"):
        path.unlink()
    with pytest.raises(ArchiveDamaged):
        every(books)


def test_units_of_one_quarter_of_an_hour_archived_and_not(tmp_path: Path) -> None:
    books = open_books("helpdesk")
    publish_prices({"api_session": Decimal("0.01")}, START - timedelta(days=1))
    books.archive = ParquetArchive(tmp_path)
    start = START.replace(minute=0)
    times = [start + timedelta(minutes=minute) for minute in (14, 0, 7, 15)]
    units = [Incoming(f"u{at:%M}", "api.requested", at, "helpdesk") for at in times]
    books.feed(units[:2])
    list(archive_events(books.archive, books.workspace, None, NOW + timedelta(days=60), 20))
    assert not Event.objects.exists()
    books.feed(units[2:])
    for stored in Charge.objects.filter(slot_at=start):
        assert charge(books, stored.id).deliveries == sorted(times)[:3]
    slot = Period(start, start + timedelta(minutes=15))
    bot, kind = books.bots["helpdesk"].id, Kind.API_REQUESTED
    assert History(books.archive).deliveries(bot, kind, slot, 2) == sorted(times)[:2]


def test_what_is_another_workspaces_or_nothing_is_not_there() -> None:
    told = history.tell()
    theirs = every(told.other)
    for name in [*theirs, "chg_999999999", "trf_999999999", "ses_1", "lot_1", "", "7"]:
        with pytest.raises(UnknownId) as no:
            explain_amount(told.main.workspace.id, name)
        assert no.value.field == "id"
    assert len(theirs) > 6
    for workspace in Workspace.objects.exclude(id=told.other.workspace.id):
        with pytest.raises(UnknownId):
            explain_amount(workspace.id, next(iter(theirs)))


def test_a_month_of_seats_and_its_transfers() -> None:
    books = history.tell().main
    month = SeatMonth.objects.earliest("start_at")
    workspace = month.subscription.bot.workspace_id
    found = explain_amount(workspace, f"smo_{month.id}")
    seats = found.seat_month
    assert seats is not None
    assert (seats.seats, seats.bought, seats.agents) == (2, 1, ["kim", "lee", "max"])
    assert found.formula == seats.formula == "2 seats × $15.00 = $30.00"
    assert [one.amount_micro for one in seats.charges] == [15 * MICRO, 15 * MICRO]
    for charge_ in seats.charges:
        (key,) = charge_.transfers
        moved = Transfer.objects.get(idempotency_key=key)
        opened = explain_amount(workspace, f"trf_{moved.id}")
        assert opened.seat_month == seats
        assert opened.formula.endswith(f"{seats.id}: 2 seats beyond those bought, {seats.formula}")
        assert list(opened.lots) == [moved.lot_id]
    with pytest.raises(UnknownId):
        explain_amount(books.workspace.id, f"smo_{month.id}")
