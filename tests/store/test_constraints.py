"""PostgreSQL itself refuses rows that must not be."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F

from quartermaster.core.money import MICRO
from quartermaster.store.catalog.models import Price
from quartermaster.store.ledger.models import Account, Transfer
from quartermaster.store.metering import operations as metering
from quartermaster.store.metering.models import (
    Channel,
    Correction,
    Event,
    EventBatch,
    Rollup,
    Session,
    Thread,
)
from quartermaster.store.notices import operations as notices
from quartermaster.store.notices.models import Key, Notice, Recipient
from quartermaster.store.notices.operations import NewNotice, To
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.store.wallets.models import Charge, Lot, Pool, Wallet
from tests.books import NOW, Books, open_books, talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    """A bot with paid credit and one conversation of two sessions."""
    made = open_books("helpdesk")
    made.fund("helpdesk", MICRO)
    made.feed(talk("u0 b1 b16"))
    return made


def refused(constraint: str, write: Any) -> None:
    """The write fails, by this constraint."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        write()


def run(statement: str) -> None:
    """Plain SQL, past all of our code."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_transfer set amount_micro = amount_micro + 1",
        "update ledger_transfer set fact = fact",
        "delete from ledger_transfer",
        "delete from ledger_transfer where fact = 'usage_charged'",
        "truncate ledger_transfer",
        "truncate ledger_account cascade",
    ],
)
def test_transfers_are_never_changed(statement: str) -> None:
    run("set constraints all immediate")
    before = list(Transfer.objects.order_by("id").values())
    refused("transfers are never changed or deleted", lambda: run(statement))
    assert list(Transfer.objects.order_by("id").values()) == before


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("wallets_charge", "charges are never changed or deleted"),
        ("catalog_price", "prices are never changed or deleted"),
    ],
)
def test_charges_and_prices_are_never_changed(table: str, words: str) -> None:
    run("set constraints all immediate")
    for statement in (f"update {table} set id = id", f"delete from {table}", f"truncate {table}"):
        refused(words, lambda statement=statement: run(statement))


def transfer(**changes: Any) -> Transfer:
    """A transfer like the latest, for no charge and with a key of its own."""
    model = Transfer.objects.latest("id")
    row = {field.attname: getattr(model, field.attname) for field in Transfer._meta.fields}
    own = {"id": None, "idempotency_key": uuid.uuid4(), "charge_id": None, "part": None}
    return Transfer(**row | own | changes)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("amount_micro", [0, -1])
def test_an_amount_is_more_than_nothing(amount_micro: int) -> None:
    refused("transfer_amount_positive", transfer(amount_micro=amount_micro).save)


@pytest.mark.usefixtures("books")
def test_a_transfer_is_between_two_accounts_and_has_its_key_alone() -> None:
    like = transfer()
    refused("transfer_two_accounts", transfer(debit_id=like.credit_id).save)
    like.save()
    refused("idempotency_key", transfer(idempotency_key=like.idempotency_key).save)


@pytest.mark.usefixtures("books")
def test_a_transfer_is_named_by_its_key_or_by_charge_and_part() -> None:
    latest = Transfer.objects.latest("id")
    named = {"charge_id": latest.charge_id, "part": latest.part}
    refused("transfer_charge_once", transfer(idempotency_key=None, **named).save)
    transfer(idempotency_key=None, **named | {"part": 2}).save()
    refused("transfer_named_once", transfer(**named | {"part": 3}).save)
    refused("transfer_named_once", transfer(idempotency_key=None).save)
    refused("transfer_named_once", transfer(part=1).save)
    refused("transfer_named_once", transfer(idempotency_key=None, **named | {"part": None}).save)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("side", ["debit_id", "credit_id"])
def test_a_transfer_is_between_accounts_that_exist(side: str) -> None:
    run("set constraints all immediate")
    refused("foreign key", transfer(**{side: 10**9}).save)


def test_each_account_exists_once(books: Books) -> None:
    for account in Account.objects.filter(workspace=books.workspace):
        account.id = None
        refused("account_once", account.save)


def charge(**changes: Any) -> Charge:
    """A charge like the first one."""
    model = Charge.objects.earliest("id")
    row = {field.attname: getattr(model, field.attname) for field in Charge._meta.fields}
    return Charge(**row | {"id": None} | changes)


@pytest.mark.usefixtures("books")
def test_a_session_is_charged_once_and_taken_back_once() -> None:
    refused("session_charged_once", charge().save)
    back = {"quantity": -1, "amount_micro": -200_000}
    charge(**back).save()
    refused("session_withdrawn_once", charge(**back).save)
    refused("charge_session_one_unit", charge(quantity=2, session_id=10**9).save)
    charge(session_id=None, quantity=7).save()
    charge(session_id=None, quantity=7).save()


@pytest.mark.usefixtures("books")
def test_one_session_stands_at_one_start() -> None:
    session = Session.objects.earliest("id")
    session.id = None
    refused("session_once", session.save)
    correction = Correction.objects.create(
        thread_id=session.thread_id, from_at=NOW, before=1, after=0, at=NOW
    )
    session.withdrawn_by = correction
    for _ in range(2):
        session.id = None
        session.save()
    session.withdrawn_by, session.unit, session.id = None, "voice_session", None
    session.save()


def test_a_lot_adds_up_and_never_goes_below_zero(books: Books) -> None:
    lots = Lot.objects.filter(bot=books.bots["helpdesk"])
    assert lots.get().remaining_micro == 600_000
    names = ("granted_micro", "remaining_micro", "used_micro", "lapsed_micro", "settled_micro")
    for name in names:
        for step in (1, -1):
            refused("lot_", lambda name=name, step=step: lots.update(**{name: F(name) + step}))
    for name in names[2:]:
        refused(
            "lot_never_below_zero",
            lambda name=name: lots.update(
                **{name: -1, "remaining_micro": F("remaining_micro") + F(name) + 1}
            ),
        )
    below = {"remaining_micro": -1, "used_micro": F("used_micro") + F("remaining_micro") + 1}
    refused("lot_never_below_zero", lambda: lots.update(**below))


def test_a_lot_has_the_owner_of_its_source_and_its_key_alone(books: Books) -> None:
    paid, free = Lot.objects.get(source="paid"), Lot.objects.get(source="free")
    refused("lot_owner", lambda: Lot.objects.filter(id=paid.id).update(bot=None))
    refused("lot_owner", lambda: Lot.objects.filter(id=free.id).update(bot=books.bots["helpdesk"]))
    refused("lot_owner", lambda: Lot.objects.filter(id=free.id).update(source="gift"))
    paid.id, paid.idempotency_key = None, free.idempotency_key
    refused("idempotency_key", paid.save)


def test_each_bot_has_one_wallet_and_each_workspace_one_pool(books: Books) -> None:
    bot = books.bots["helpdesk"]
    refused("wallets_wallet_pkey", lambda: Wallet.objects.create(bot=bot))
    refused("wallets_pool_pkey", lambda: Pool.objects.create(workspace=books.workspace))


@pytest.mark.usefixtures("books")
def test_an_event_and_its_thread_are_stored_once() -> None:
    event, thread = Event.objects.earliest("at"), Thread.objects.earliest("id")
    event.content += 1
    refused("metering_event_pkey", lambda: Event.objects.bulk_create([event]))
    thread.id = None
    refused("metering_thread_key", thread.save)


@pytest.mark.usefixtures("books")
def test_a_channel_and_a_slot_are_there_once() -> None:
    Channel.objects.create(name="web")
    refused("metering_channel_name", lambda: Channel.objects.create(name="web"))
    slot = Rollup.objects.earliest("slot_at")
    refused("metering_rollup_pkey", lambda: Rollup.objects.bulk_create([slot]))


def test_a_batch_that_is_done_accounts_for_all_its_events(books: Books) -> None:
    books.submit(talk("u40"))
    waiting = EventBatch.objects.get(done_at=None)
    for counts in ((0, 0, 0), (2, 0, 0), (1, 1, 0), (1, 0, 1)):
        refused(
            "event_batch_accounts_for_all",
            lambda counts=counts: metering.finish_batches([(waiting.id, *counts)], NOW),
        )
    done = EventBatch.objects.filter(done_at__isnull=False)
    refused("event_batch_body_until_done", lambda: done.update(body=b"again"))
    refused(
        "event_batch_body_until_done",
        lambda: EventBatch.objects.filter(id=waiting.id).update(body=None),
    )
    metering.finish_batches([(waiting.id, 0, 1, 0)], NOW)


def test_a_workspace_has_a_known_plan_and_its_name_alone(books: Books) -> None:
    mine = Workspace.objects.filter(id=books.workspace.id)
    refused("workspace_plan_known", lambda: mine.update(plan="platinum"))
    mine.update(plan="enterprise")
    other = open_books().workspace
    refused("name", lambda: mine.update(name=other.name))
    refused("public_id", lambda: mine.update(public_id=other.public_id))


def test_inactivity_has_its_bounds(books: Books) -> None:
    bots = Bot.objects.filter(workspace=books.workspace)
    for seconds in (299, 14 * 86_400 + 1, 0, -300):
        refused(
            "bot_inactivity_bounds",
            lambda seconds=seconds: bots.update(inactivity_seconds=seconds),
        )
    for seconds in (300, 14 * 86_400):
        bots.update(inactivity_seconds=seconds)


def test_a_bot_has_its_name_alone_in_its_workspace(books: Books) -> None:
    bot = Bot.objects.get(workspace=books.workspace)
    bot.id, bot.public_id = None, "bot_other"
    refused("bot_name_once", bot.save)
    bot.workspace = open_books().workspace
    bot.save()


@pytest.mark.usefixtures("books")
def test_a_price_is_not_negative_and_there_is_one_at_a_time() -> None:
    price = Price.objects.earliest("id")
    refused("price_once", lambda: Price.objects.create(unit=price.unit, amount=1, from_at=EPOCH))
    refused(
        "price_not_negative", lambda: Price.objects.create(unit="alert", amount=-1, from_at=NOW)
    )
    with pytest.raises(DataError), transaction.atomic():
        Price.objects.create(unit="alert", amount=10**10, from_at=NOW)


def test_nothing_that_has_a_history_can_be_deleted(books: Books) -> None:
    run("set constraints all immediate")
    for table in ("people_workspace", "people_bot", "ledger_account", "metering_correction"):
        if table == "metering_correction":
            books.feed(talk("t0"))
        refused("foreign key", lambda table=table: run(f"delete from {table}"))


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_notices_are_never_changed(books: Books) -> None:
    to = To(books.workspace.id, None, Recipient.WORKSPACE_OWNER)
    for _ in range(2):
        notices.queue(NewNotice(Key.ORDER_INVOICE, "inv_1", to, {"Total": "$1.00"}), NOW)
    one = Notice.objects.get()
    for act in ("update {} set fields = '[]'", "update {} set at = now()", "delete from {}"):
        refused("never changed", lambda act=act: run(act.format("notices_notice")))
    run("update notices_notice set sent_at = now()")
    refused("never changed", lambda: run("update notices_notice set sent_at = null"))
    again = Notice(
        workspace=books.workspace, key=one.key, cause=one.cause, fields=[], links=[], at=NOW
    )
    again.public_id, again.to = "ntc_2", one.to
    refused("notice_once_for_its_cause", again.save)
