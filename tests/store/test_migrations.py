"""What migrations make of the tables, and of rows that are there."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quartermaster.store.invoices import checks as invoices
from quartermaster.store.metering.models import EventImport
from quartermaster.store.orders import checks as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, OrderStep, Payment
from quartermaster.store.orders.operations import BY_HAND, begin_payment
from tests.books import open_books
from tests.usecases.shop import Shop


def migrated(name: str, app: str = "metering") -> None:
    """The tables of a domain as after this migration; in the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    MigrationExecutor(connection).migrate([(app, name)])


@pytest.mark.django_db
def test_files_that_were_imported_before_hold_no_archive_up() -> None:
    EventImport.objects.create(
        workspace=open_books().workspace, digest=b"1", rows_read=7, read_at="2026-01-01T00:00Z"
    )
    migrated("0005_archive")
    migrated("0006_import_end")
    found = EventImport.objects.get()
    assert found.rows_read == 7
    assert found.finished_at == found.read_at


def faults() -> set[str]:
    """Which checks of orders and their invoices find something, but for the books."""
    found = (name for run in (orders.run, invoices.run) for name, several in run() if several)
    return set(found) - {"payments_in_the_books"}


@pytest.mark.django_db
def test_orders_that_were_settled_before_have_steps_and_need_no_invoice() -> None:
    shop = Shop.opened(open_books("helpdesk"))
    settled = [shop.fund() for _ in range(4)]
    states = ("fulfilled", "fulfilled", "failed", "canceled")
    for order, state in zip(settled, states, strict=True):
        Order.objects.filter(id=order.id).update(state=state, settled_at=shop.at)
    begin_payment(settled[0], BY_HAND, shop.at)
    Payment.objects.update(outcome="succeeded", known_at=shop.at)
    Order.objects.filter(id=settled[1].id).update(total_minor=0)
    assert "orders_invoiced" in faults()
    migrated("0007_open_orders", "orders")
    migrated("0009_gone_back", "orders")
    told = [[one.event for one in queries.steps_of(order.id)] for order in settled]
    assert told == [["paid", "fulfilled"], ["accepted"], ["given_up"], ["canceled"]]
    assert not faults() & {"orders_invoiced", "orders_step_by_step"}
    migrated("0007_open_orders", "orders")
    migrated("0009_gone_back", "orders")
    assert OrderStep.objects.count() == 5


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True)
