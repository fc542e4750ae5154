"""A year of orders, payments and usage that chance decides: customers change their minds, wires
come late, twice or in part, providers go away, notices are lost, and the power goes at any moment.
After every step the books hold, and in the end they are what went in.

QUARTERMASTER_SIMULATION_SEEDS says which years are played: "7", or "100 101 102".
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from quartermaster.store import sql
from quartermaster.store.invoices import checks as invoice_checks
from quartermaster.store.orders import checks as order_checks
from quartermaster.store.people.models import Workspace
from tests.books import NOW, assert_books_hold
from tests.simulation.money import model, running
from tests.simulation.money.buying import BUYING
from tests.simulation.money.faults import Crash, Power
from tests.simulation.money.recharging import RECHARGING
from tests.simulation.money.running import RUNNING
from tests.simulation.money.world import World

ROUNDS = int(os.environ.get("QUARTERMASTER_TORTURE_ROUNDS", "0"))
CHOSEN = os.environ.get("QUARTERMASTER_SIMULATION_SEEDS", "")
SEEDS = [int(one) for one in CHOSEN.split()] or range(50)
YEAR = timedelta(days=365)
PROVED = timedelta(days=30 if ROUNDS else 90)
"""How often all is proved: that takes half of the time."""
ACTS = BUYING | RUNNING | RECHARGING


def live(world: World, end: timedelta = YEAR) -> None:
    """Days of some acts each; the books are looked at after each step, and proved each month."""
    weights = [often for often, _ in ACTS.values()]
    proved = world.at
    while world.at < NOW + end:
        world.sleep(timedelta(hours=world.chance.choice((1, 97, 241, 409))))
        check(order_checks, invoice_checks)
        for name in world.chance.choices(list(ACTS), weights, k=world.chance.randint(1, 3)):
            world.do(name, ACTS[name][1])
            check(order_checks)
        world.deliver()
        if world.at > proved + PROVED:
            assert_books_hold()
            proved = world.at


def check(*several: Any) -> None:
    """What is looked at after a step: all of it after an act takes as long as the act."""
    found = [one for checks in several for _, one in checks.run()]
    assert not any(found), found


def settle(world: World) -> None:
    """The provider is well, the bank sends its files again, and what is on its way arrives."""
    provider = world.provider
    provider.is_out = provider.loses_next = provider.hesitates = False
    provider.next.clear()
    provider.settle()
    for content in world.given.files:
        running.send(world, content)
    while world.mail:
        world.deliver()
    world.sleep(timedelta(days=1, minutes=1))
    world.sleep(timedelta(days=1, minutes=1))


@pytest.fixture
def swept(django_db_setup: None, django_db_blocker: Any) -> None:
    """What earlier years left behind, rolled back as they were, slows down every look."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("vacuum (skip_locked, truncate)")


@pytest.fixture
def prepared(db: None) -> Iterator[None]:
    """The same statements come again and again, and most of their time goes into their plans."""
    with connection.cursor() as cursor:
        cursor.execute("set local plan_cache_mode = force_generic_plan")
    connection.connection.prepare_threshold = 0
    yield
    connection.connection.prepare_threshold = None


@pytest.mark.usefixtures("swept", "prepared")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_year(seed: int) -> None:
    world = World.of(seed)
    try:
        live(world)
        settle(world)
        assert_books_hold()
        model.assert_true(world)
    except BaseException as failure:
        acts = "\n".join(world.diary)
        failure.add_note(f"{acts}\nAgain: QUARTERMASTER_SIMULATION_SEEDS={seed}")
        raise


@pytest.mark.django_db
def test_the_same_seed_is_the_same_year() -> None:
    diaries = []
    for _ in range(2):
        with transaction.atomic():
            world = World.of(7)
            live(world, timedelta(days=60))
            diaries.append(world.diary)
            transaction.set_rollback(True)
    assert diaries[0] == diaries[1]


@pytest.mark.django_db
@pytest.mark.parametrize("ask", [lambda: sql.rows("select 1"), Workspace.objects.count])
def test_the_power_goes_before_whatever_is_asked_of_the_database(ask: Callable[[], Any]) -> None:
    with pytest.raises(Crash), Power().failing(0):
        ask()
