"""What must always hold between events, sessions, charges, transfers and cached figures.

Each check is one statement that finds what does not hold. `quartermaster verify`, the acceptance
tests and the simulation run the same ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)

NAMES: Final = (
    "books_balance",
    "transfers_are_locked",
    "charges_and_prices_are_locked",
    "wallets_match_transfers",
    "pools_match_transfers",
    "lots_match_transfers",
    "wallets_match_lots",
    "draws_match_transfers",
    "expiries_match_lots",
    "sessions_charged_once",
    "charges_name_their_price",
    "charges_posted",
    "rollups_match_sessions",
    "rollups_match_transfers",
    "days_match_slots",
    "channels_match_transfers",
    "units_charged",
    "events_accounted_for",
    "corrections_match_sessions",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: which check, the id at fault, and what is wrong with it."""

    check: str
    id: str
    detail: str


def run(names: Sequence[str] = NAMES) -> Iterator[tuple[str, list[Finding]]]:
    """Each check with what it found, in order."""
    for name in names:
        yield name, [Finding(name, at_fault, what) for at_fault, what in sql.rows(_SQL[name])]
