"""What must always hold between invoices, their lines and what they are made of. Run by
`quartermaster verify`."""

from collections.abc import Iterator
from typing import Final

from quartermaster.core import money
from quartermaster.store import sql
from quartermaster.store.wallets.checks import Finding

_SQL: Final = sql.Queries(__package__)

NAMES: Final = (
    "invoices_are_locked",
    "invoices_add_up",
    "numbers_without_gaps",
    "credit_notes_within_invoices",
    "statements_invoiced",
    "orders_invoiced",
    "refunds_credited",
    "invoices_say_what_was_bought",
    "lines_say_what_was_bought",
)
_FACTORS: Final = money.micro_per_minor()


def run() -> Iterator[tuple[str, list[Finding]]]:
    """Each check with what it found, in order."""
    terms = {"currencies": list(_FACTORS), "factors": sql.bigints(list(_FACTORS.values()))}
    for name in NAMES:
        found = sql.rows(_SQL[name], **terms)
        yield name, [Finding(name, at_fault, what) for at_fault, what in found]
