"""A database in which transactions really commit, for tests with several connections."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_migrate

_GUARDS = r"""
select format('alter table %s {} trigger %I', tgrelid::regclass, tgname)
from pg_trigger where tgname like '%\_no\_truncate'
"""


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Commits are real. Afterwards Django empties the database by TRUNCATE, which the ledger,
    charges, prices and what was sold refuse: their guards are off for that moment."""
    yield
    connection.close()
    _guard("disable")
    post_migrate.connect(_emptied)


def _emptied(**_: Any) -> None:
    """Django says so when it is done."""
    post_migrate.disconnect(_emptied)
    _guard("enable")


def _guard(state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_GUARDS)
        for (guard,) in cursor.fetchall():
            cursor.execute(guard.format(state))
