"""What the jobs look for is found by an index: tables grow for ever, what waits does not."""

from typing import Any

import pytest
from django.db import connection

from quartermaster.store.billing import queries as billing
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.wires import queries as wires
from tests.books import NOW

pytestmark = pytest.mark.django_db


def plan(asked: str, **parameters: Any) -> str:
    """How PostgreSQL goes about it where a table is too large to be read whole."""
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {asked}", parameters or None)
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (orders.OPEN_ORDERS, "order_open"),
        (orders.IN_FLIGHT, "payment_in_flight_once"),
        (billing.SETUPS_IN_FLIGHT, "setup_in_flight"),
    ],
)
def test_of_all_workspaces(asked: str, index: str) -> None:
    assert f"{index} on" in plan(asked, until=NOW, workspace=None)


def test_wires_that_wait(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1) as asked:
        assert wires.waiting() == []
    assert "bank_entry_unmatched on" in plan(asked.captured_queries[0]["sql"])
