"""A key's secret is shown once and kept as a hash."""

import pytest
from django.db import connection

from quartermaster.store.people import queries
from quartermaster.store.people.models import ApiKey
from quartermaster.usecases.people._names import BadName
from quartermaster.usecases.people.create_key import create_key
from tests.books import NOW, open_books

pytestmark = pytest.mark.django_db


def test_the_secret_opens_its_workspace() -> None:
    books, other = open_books(), open_books()
    key, secret = create_key(books.workspace, "production", NOW)
    _, another = create_key(other.workspace, "production", NOW)
    assert key.public_id.startswith("key_")
    assert secret.startswith("qm_")
    assert len(secret) > 30
    assert queries.find_workspace_by_key(secret) == books.workspace
    assert queries.find_workspace_by_key(another) == other.workspace
    assert secret != another


def test_the_secret_is_nowhere_in_the_database() -> None:
    key, secret = create_key(open_books().workspace, "production", NOW)
    assert len(bytes(ApiKey.objects.get(id=key.id).digest)) == 32
    with connection.cursor() as cursor:
        cursor.execute("select to_jsonb(k)::text from people_apikey k")
        (text,) = cursor.fetchone()
    assert secret not in text
    assert secret.removeprefix("qm_") not in text
    assert secret.encode().hex() not in text


@pytest.mark.parametrize("wrong", ["", "qm_", "qm_x", "\x00"])
def test_what_is_no_secret_opens_nothing(wrong: str) -> None:
    create_key(open_books().workspace, "production", NOW)
    assert queries.find_workspace_by_key(wrong) is None


def test_a_revoked_key_opens_nothing() -> None:
    key, secret = create_key(open_books().workspace, "production", NOW)
    ApiKey.objects.filter(id=key.id).update(revoked_at=NOW)
    assert queries.find_workspace_by_key(secret) is None


@pytest.mark.parametrize("name", ["", "x" * 201, "a\x00b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadName) as refused:
        create_key(open_books().workspace, name, NOW)
    assert refused.value.field == "name"
    assert not ApiKey.objects.exists()
