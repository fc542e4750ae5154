"""An API key is taken out of use."""

from datetime import datetime

from quartermaster.store.people import operations, queries
from quartermaster.store.people.models import ApiKey, Workspace


def revoke_key(workspace: Workspace, public_id: str, at: datetime) -> ApiKey:
    """Revokes the key with this public id. The door may remember it for five more seconds."""
    key = queries.get_key(workspace, public_id)
    operations.revoke_key(key, at)
    return key
