"""What it would change to move everybody to the version of an offer that is sold now."""

from quartermaster.usecases.plans import _migrating
from quartermaster.usecases.plans._migrating import Move


def preview_migration(key: str) -> list[Move]:
    """Each subscription that `migrate_version` would move, and those that it could not. NotSold."""
    return list(_migrating.moves(key))
