"""What must always hold between orders, their lines and payments. Run by `quartermaster verify`."""

from collections.abc import Iterator
from typing import Final

from quartermaster.store import sql
from quartermaster.store.wallets.checks import Finding

_SQL: Final = sql.Queries(__package__)

NAMES: Final = ("orders_add_up", "credits_within_payments", "orders_paid")


def run() -> Iterator[tuple[str, list[Finding]]]:
    """Each check with what it found, in order."""
    for name in NAMES:
        yield name, [Finding(name, at_fault, what) for at_fault, what in sql.rows(_SQL[name])]
