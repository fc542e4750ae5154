"""A person becomes an owner of a workspace and may sign in."""

from django.db import transaction

from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Role, User, Workspace


def add_owner(workspace: Workspace, email: str, password: str) -> User:
    """A user who exists already gets this password too."""
    with transaction.atomic():
        return people.add_member(workspace, email, password, Role.OWNER)
