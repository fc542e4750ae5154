"""What the jobs look for is found by an index: tables grow for ever, what waits does not."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from quartermaster.store.billing import queries as billing
from quartermaster.store.billing.models import MethodSetup
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Order
from tests.books import NOW, open_books
from tests.usecases.shop import Shop

pytestmark = pytest.mark.django_db


def fill(table: type[Model], **settled: str) -> None:
    """Thousands of rows as the one that is there, but for these columns."""
    kept = [one.column for one in table._meta.concrete_fields if one.column not in (*settled, "id")]
    columns = ", ".join((*settled, *kept))
    values = ", ".join((*settled.values(), *kept))
    name = table._meta.db_table
    with connection.cursor() as cursor:
        several = f"select {values} from {name}, generate_series(1, 5000) n"
        cursor.execute(f"insert into {name} ({columns}) {several}")
        cursor.execute(f"analyze {name}")


def plan(asked: str) -> str:
    """How PostgreSQL goes about it."""
    parameters: dict[str, Any] = {"until": NOW, "workspace": None}
    with connection.cursor() as cursor:
        cursor.execute(f"explain {asked}", parameters)
        return "\n".join(row[0] for row in cursor.fetchall())


def test_open_orders() -> None:
    Shop.opened(open_books("helpdesk")).fund()
    settled = {"public_id": "'ord_' || n", "idempotency_key": "gen_random_uuid()"}
    fill(Order, **settled, state="'fulfilled'")
    assert "order_open on" in plan(orders.OPEN_ORDERS)


def test_setups_in_flight() -> None:
    Shop.opened(open_books("helpdesk")).begin_setup()
    settled = {"public_id": "'set_' || n", "idempotency_key": "gen_random_uuid()"}
    fill(MethodSetup, **settled, reference="''", outcome="'declined'")
    assert "setup_in_flight on" in plan(billing.SETUPS_IN_FLIGHT)
