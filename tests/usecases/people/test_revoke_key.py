"""A revoked key opens nothing."""

from datetime import timedelta

import pytest

from quartermaster.store.people import queries
from quartermaster.store.people.models import ApiKey
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.people.create_key import create_key
from quartermaster.usecases.people.revoke_key import revoke_key
from tests.books import NOW, open_books

pytestmark = pytest.mark.django_db


def test_it_opens_nothing_from_then_on_and_the_first_time_stands() -> None:
    workspace = open_books().workspace
    key, secret = create_key(workspace, "ci", NOW)
    assert queries.find_workspace_by_key(secret) == workspace
    revoke_key(workspace, key.public_id, NOW)
    revoke_key(workspace, key.public_id, NOW + timedelta(days=1))
    assert queries.find_workspace_by_key(secret) is None
    assert ApiKey.objects.get(id=key.id).revoked_at == NOW


def test_another_workspace_has_no_such_key() -> None:
    key, secret = create_key(open_books().workspace, "ci", NOW)
    with pytest.raises(NotFound):
        revoke_key(open_books().workspace, key.public_id, NOW)
    assert queries.find_workspace_by_key(secret) is not None
