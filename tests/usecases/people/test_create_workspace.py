"""A workspace begins with its books open and its free credit granted."""

from datetime import timedelta

import pytest

from quartermaster.core.ledger.accounts import PER_BOT
from quartermaster.core.ledger.accounts import Account as AccountKind
from quartermaster.core.money import MICRO
from quartermaster.store.ledger.models import Account, Transfer
from quartermaster.store.people.models import Workspace, WorkspacePlan
from quartermaster.store.people.operations import NameTaken
from quartermaster.store.wallets.models import Lot, Pool
from quartermaster.usecases.credits.grant_credits import AmountOutOfRange, ExpiryPassed
from quartermaster.usecases.people._names import BadName
from quartermaster.usecases.people.create_workspace import (
    FreeCredit,
    UnknownTimeZone,
    create_workspace,
)
from tests.books import NOW, assert_books_hold
from tests.usecases.at_once import at_once

in_a_transaction = pytest.mark.django_db
FREE = FreeCredit()


@in_a_transaction
def test_it_begins_with_free_credit_and_open_books() -> None:
    workspace = create_workspace("Acme", "Europe/Berlin", FREE, NOW)
    assert workspace.public_id.startswith("ws_")
    assert (workspace.plan, workspace.time_zone) == (WorkspacePlan.STANDARD, "Europe/Berlin")
    lot = Lot.objects.get(workspace=workspace)
    assert (lot.source, lot.granted_micro) == ("free", 500 * MICRO)
    assert lot.expires_at == NOW + timedelta(days=90)
    pool = Pool.objects.get(workspace=workspace)
    assert (pool.free_micro, pool.expires_at) == (500 * MICRO, lot.expires_at)
    kinds = Account.objects.filter(workspace=workspace).values_list("kind", flat=True)
    assert set(kinds) == set(AccountKind) - PER_BOT
    assert_books_hold()


@in_a_transaction
def test_it_may_begin_with_other_free_credit_or_none() -> None:
    some = create_workspace("Some", "UTC", FreeCredit(7 * MICRO, 3), NOW)
    none = create_workspace("None", "UTC", FreeCredit(0), NOW)
    assert Lot.objects.get(workspace=some).expires_at == NOW + timedelta(days=3)
    assert not Lot.objects.filter(workspace=none).exists()
    assert Pool.objects.get(workspace=none).free_micro == 0
    assert_books_hold()


@in_a_transaction
def test_a_name_that_is_taken_is_refused() -> None:
    create_workspace("Acme", "UTC", FREE, NOW)
    with pytest.raises(NameTaken) as refused:
        create_workspace("Acme", "UTC", FREE, NOW)
    assert refused.value.field == "name"
    assert Workspace.objects.count() == 1


@in_a_transaction
@pytest.mark.parametrize("name", ["", "x" * 201, " Acme", "Acme ", " ", "a\x00b", "a\nb", "\ud800"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadName) as refused:
        create_workspace(name, "UTC", FREE, NOW)
    assert refused.value.field == "name"


@in_a_transaction
@pytest.mark.parametrize("name", ["x", "x" * 200, "Größe & Söhne 東京"])
def test_names_of_any_language_do(name: str) -> None:
    assert create_workspace(name, "UTC", FREE, NOW).name == name


@in_a_transaction
@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "europe", "a\x00b"])
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(UnknownTimeZone) as refused:
        create_workspace("Acme", zone, FREE, NOW)
    assert refused.value.field == "time_zone"
    assert not Workspace.objects.exists()


@in_a_transaction
@pytest.mark.parametrize(
    ("free", "refusal"),
    [
        (FreeCredit(-1), AmountOutOfRange),
        (FreeCredit(MICRO, 0), ExpiryPassed),
        (FreeCredit(MICRO, -5), ExpiryPassed),
    ],
)
def test_free_credit_that_makes_no_sense_leaves_nothing_behind(
    free: FreeCredit, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        create_workspace("Acme", "UTC", free, NOW)
    assert not Workspace.objects.exists()
    assert not Transfer.objects.exists()


@pytest.mark.usefixtures("committed")
def test_two_of_one_name_at_once() -> None:
    made = at_once(*[lambda: create_workspace("Acme", "UTC", FREE, NOW)] * 3)
    assert [type(one) for one in made if isinstance(one, Exception)] == [NameTaken] * 2
    assert Workspace.objects.count() == Lot.objects.count() == 1
    assert_books_hold()
