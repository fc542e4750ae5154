"""What migrations make of the tables, and of rows that are there."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quartermaster.store.metering.models import EventImport
from tests.books import open_books


def migrated(name: str) -> None:
    """The tables of metering as after this migration; in the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    MigrationExecutor(connection).migrate([("metering", name)])


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


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True)
