"""A new API key of a workspace."""

from datetime import datetime

from quartermaster.store.people import operations as people
from quartermaster.store.people.models import ApiKey, Workspace
from quartermaster.usecases.people import _names


def create_key(workspace: Workspace, name: str, at: datetime) -> tuple[ApiKey, str]:
    """The key and its secret, which is shown once and kept only as a hash."""
    _names.require_name(name)
    return people.add_key(workspace, name, at)
