"""Every check of the books is green on a rich history, and red for what it guards against."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from quartermaster.store.invoices import checks as invoice_checks
from quartermaster.store.orders import checks as order_checks
from quartermaster.store.wallets import checks
from quartermaster.store.wallets.models import Lot, Wallet
from quartermaster.usecases.proof import (
    _archives,
    _overage,
    _recharges,
    _seats,
    _sessions,
    _statements,
    _tallies,
)
from quartermaster.usecases.proof.verify_books import verify_books
from tests.books import assert_books_hold
from tests.fakes.archive import MemoryArchive
from tests.usecases.credits import history
from tests.usecases.credits.history import History

pytestmark = pytest.mark.django_db

VOICE = frozenset({"voice"})
EVERY_CHECK = (
    _archives.CHECK,
    *checks.NAMES,
    *order_checks.NAMES,
    *invoice_checks.NAMES,
    _recharges.CHECK,
    _tallies.CHECK,
    _statements.CHECK,
    _sessions.CHECK,
    _seats.CHECK,
    _overage.CHECK,
)


@dataclass(frozen=True)
class Damage:
    """`victim` selects one row: `at_fault` (an id or several), and what `blow` needs to know."""

    check: str
    what: str
    victim: str
    blow: str


def read_damages() -> list[Damage]:
    """The damages in the file beside this one."""
    text = Path(__file__).with_name("damages.sql").read_text()
    parts = re.split(r"^-- (victim|damage): (.*)\n", text, flags=re.M)[1:]
    found = list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))
    victims = {name: statement for kind, name, statement in found if kind == "victim"}
    damages = []
    for kind, title, statement in found:
        if kind == "damage":
            check, victim, what = title.split(" / ")
            damages.append(Damage(check, what, victims[victim], statement))
    return damages


DAMAGES = read_damages()


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[History]:
    """One history for all tests of this module, gone after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = history.tell()
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        yield made
        transaction.set_rollback(True)


def findings(check: str) -> dict[str, str]:
    """What a check finds: id → what is wrong with it."""
    verdicts = {verdict.check: verdict.findings for verdict in verify_books(VOICE, MemoryArchive())}
    assert tuple(verdicts) == EVERY_CHECK
    assert all(one.check == check for one in verdicts[check])
    return {one.id: one.detail for one in verdicts[check]}


def strike(damage: Damage) -> set[str]:
    """Does the damage, past all triggers and foreign keys; the ids that are to be named."""
    with connection.cursor() as cursor:
        cursor.execute(damage.victim)
        names = [column.name for column in cursor.description]
        (row,) = cursor.fetchall()
        victim: dict[str, Any] = dict(zip(names, row, strict=True))
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(damage.blow, victim)
        cursor.execute("set local session_replication_role = origin")
    at_fault = victim["at_fault"]
    return set(at_fault) if isinstance(at_fault, list) else {at_fault}


def test_the_reference_has_every_check() -> None:
    text = (Path(__file__).parents[3] / "docs/reference/cli.md").read_text()
    rows = re.findall(r"^\| ([a-z ]+) \|", text.partition("\n## verify\n")[2], flags=re.M)
    assert {row.replace(" ", "_") for row in rows[1:]} == set(EVERY_CHECK)


def test_an_undamaged_history_is_green(told: History) -> None:
    with transaction.atomic():
        assert_books_hold()
        assert told.main.free() == 0
        assert Lot.objects.filter(lapsed_micro__gt=0, used_micro__gt=0).exists()
        assert Lot.objects.filter(settled_micro__gt=0, remaining_micro__gt=0).exists()
        assert Wallet.objects.filter(paid_micro__gt=0, free_drawn_micro__gt=0).exists()


def test_there_is_a_damage_for_every_check() -> None:
    assert {damage.check for damage in DAMAGES} == set(EVERY_CHECK)
    assert len({(damage.check, damage.what) for damage in DAMAGES}) == len(DAMAGES)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: f"{damage.check}: {damage.what}")
def test_a_damage_is_found_and_named(told: History, damage: Damage) -> None:
    with transaction.atomic():
        at_fault = strike(damage)
        found = findings(damage.check)
        transaction.set_rollback(True)
    assert set(found) == at_fault
    assert all(found.values())
