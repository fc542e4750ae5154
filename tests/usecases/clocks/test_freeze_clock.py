"""A clock is stopped."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from quartermaster.core.lifecycles.clocks import ClockRuns
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.clocks.freeze_clock import freeze_clock
from tests.books import NOW, open_books

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_the_clock_of_a_test_workspace_stands_and_goes_on_standing() -> None:
    workspace = open_books(is_test=True).workspace
    assert freeze_clock(workspace, NOW) == NOW
    assert freeze_clock(workspace, NOW + HOUR) == NOW
    workspace.refresh_from_db()
    assert workspace.frozen_at == NOW


def test_no_other_clock_is_stopped() -> None:
    workspace = open_books().workspace
    with pytest.raises(ClockRuns, match="is not a test workspace"):
        freeze_clock(workspace, NOW)
    workspace.refresh_from_db()
    assert workspace.frozen_at is None


def test_the_database_refuses_too() -> None:
    real, test = open_books().workspace, open_books(is_test=True).workspace
    freeze_clock(test, NOW)
    ours = Workspace.objects.filter(id=test.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Workspace.objects.filter(id=real.id).update(frozen_at=NOW)
    for change in ({"frozen_at": NOW - HOUR}, {"frozen_at": None}, {"is_test": False}):
        with pytest.raises(DatabaseError, match="never back"), transaction.atomic():
            ours.update(**change)
    with pytest.raises(DatabaseError, match="never back"), transaction.atomic():
        Workspace.objects.filter(id=real.id).update(is_test=True)
    assert ours.update(frozen_at=NOW + HOUR) == 1
