"""The scheduled tasks: registered under their names, on time, and each one use case."""

from datetime import timedelta
from typing import Any

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from quartermaster.core.money import MICRO
from quartermaster.interfaces.jobs import tasks
from quartermaster.store.wallets.models import Lot, Wallet
from tests.books import NOW, Books, assert_books_hold, open_books, talk

SCHEDULES = {"quartermaster:lapse_credits": "*/5 * * * *"}
SCHEDULES["quartermaster:rate_spending"] = "2-59/5 * * * *"


def built() -> App:
    app = App(connector=InMemoryConnector())
    app.add_tasks_from(tasks.build(lambda: NOW), namespace="quartermaster")
    return app


def test_every_task_has_its_schedule() -> None:
    periodic = built().periodic_registry.periodic_tasks.values()
    assert {one.task.name: one.cron for one in periodic} == SCHEDULES


def test_no_task_waits_twice() -> None:
    app = built()
    for name in SCHEDULES:
        assert app.tasks[name].queueing_lock == name.removeprefix("quartermaster:")


@pytest.fixture
def books(db: None) -> Books:
    return open_books("helpdesk", free_micro=0)


def run(name: str) -> Any:
    return built().tasks[f"quartermaster:{name}"].func(timestamp=0)


def test_expired_credit_lapses(books: Books) -> None:
    books.fund("helpdesk", MICRO, NOW + timedelta(hours=1))
    Lot.objects.update(expires_at=NOW)
    run("lapse_credits")
    lot = Lot.objects.get()
    assert (lot.lapsed_micro, lot.remaining_micro, books.paid()) == (MICRO, 0, 0)
    run("lapse_credits")
    assert_books_hold()


def test_rates_of_spending_are_worked_out_again(books: Books) -> None:
    books.fund("helpdesk", MICRO)
    books.feed(talk("u0 u20"))
    Wallet.objects.update(spent_per_day_micro=0, rated_at=NOW - timedelta(days=1))
    run("rate_spending")
    wallet = Wallet.objects.get()
    assert wallet.spent_per_day_micro > 0
    assert wallet.rated_at == NOW
