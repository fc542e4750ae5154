"""A person may sign in and owns a workspace."""

import pytest

from quartermaster.store.people.models import Member, Role, User
from quartermaster.usecases.people.add_owner import add_owner
from tests.books import open_books

pytestmark = pytest.mark.django_db


def test_twice_is_one_member_with_the_later_password() -> None:
    workspace = open_books().workspace
    add_owner(workspace, "ann@example.com", "first password")
    add_owner(workspace, "ann@example.com", "second password")
    user = User.objects.get(email="ann@example.com")
    assert user.check_password("second password")
    assert not user.check_password("first password")
    assert Member.objects.get(workspace=workspace, user=user).role == Role.OWNER
