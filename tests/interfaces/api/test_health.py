"""Alive, ready, and what goes on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from quartermaster.interfaces.ingest.door import ACCEPTED, REJECTED
from quartermaster.interfaces.meter.loop import Meter
from quartermaster.usecases.usage.meter_events import Policy
from tests.books import LOG, NOW, Books, open_books, talk


@pytest.fixture
def books(db: None) -> Books:
    return open_books("helpdesk")


@pytest.fixture
def no_database(committed: None) -> Iterator[None]:
    known = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(HOST="127.0.0.1", PORT="1")
    yield
    connection.settings_dict.update(known)


def test_alive_without_a_database(no_database: None) -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready(books: Books) -> None:
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


def test_not_ready_while_migrations_are_missing(books: Books) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'wallets'")
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["status"]) == (503, "behind")
    assert "quartermaster migrate" in response.json()["reason"]


def test_not_ready_without_a_database(no_database: None) -> None:
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["status"]) == (503, "down")


def test_the_api_says_so_too(no_database: None) -> None:
    response = Client().get("/v1/events/rejected", headers={"Authorization": "Bearer x"})
    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert response.json()["code"] == "database_away"


def figures() -> dict[str, float]:
    """The samples of /metrics by name and labels."""
    response = Client().get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    lines = response.content.decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_metrics_count_what_came_and_what_became_of_it(books: Books) -> None:
    batch = talk("u0 b1")
    clash = talk("u2")
    clash[0].id = batch[0].id
    books.submit([*batch, batch[1], *clash], timezone.now() - timedelta(minutes=1))
    ACCEPTED.inc(0)
    REJECTED.labels("unknown_bot").inc()
    before = figures()
    assert before["quartermaster_events_waiting"] == 4
    assert 59 <= before["quartermaster_meter_lag_seconds"] < 90
    assert before['quartermaster_events_rejected_total{code="unknown_bot"}'] >= 1
    assert "quartermaster_events_accepted_total" in before
    Meter(LOG, Policy, lambda: NOW).drain()
    after = figures()
    changed = {
        "quartermaster_events_stored_total": 2,
        "quartermaster_events_duplicate_total": 1,
        "quartermaster_events_conflicting_total": 1,
        "quartermaster_sessions_made_total": 1,
        "quartermaster_sessions_withdrawn_total": 0,
        "quartermaster_meter_batch_seconds_count": 1,
    }
    assert {name: after[name] - before[name] for name in changed} == changed
    assert after["quartermaster_events_waiting"] == after["quartermaster_meter_lag_seconds"] == 0


def test_metrics_without_a_database_still_tell_the_rest(no_database: None) -> None:
    found = figures()
    assert "quartermaster_events_accepted_total" in found
    assert "quartermaster_events_waiting" not in found
