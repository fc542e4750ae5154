"""A database in which transactions really commit, for tests with several connections."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Commits are real, and all is emptied afterwards.

    In place of `django_db(transaction=True)`: the ledger refuses the TRUNCATE by which Django
    empties the database, so its guards are taken off for that moment.
    """
    with django_db_blocker.unblock():
        yield
        connection.close()
        _empty()


def _empty() -> None:
    stores = [one for one in apps.get_app_configs() if one.name.startswith("quartermaster.")]
    tables = ", ".join(model._meta.db_table for one in stores for model in one.get_models())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("alter table ledger_transfer disable trigger user")
        cursor.execute(f"truncate {tables} cascade")
        cursor.execute("alter table ledger_transfer enable trigger user")
