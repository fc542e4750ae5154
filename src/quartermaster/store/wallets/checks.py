"""What must always hold between events, sessions, charges, transfers and cached figures.

Each check is one statement that finds what does not hold. `quartermaster verify`, the acceptance
tests and the simulation run the same ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)

NAMES: Final = (
    "books_balance",
    "transfers_are_locked",
    "charges_and_prices_are_locked",
    "publications_name_versions",
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
    "workspaces_match_bots",
    "channels_match_transfers",
    "units_charged",
    "events_accounted_for",
    "corrections_match_sessions",
    "tallies_match_charges",
    "phases_follow_each_other",
    "seat_charges_posted",
)

READ_EVENTS: Final = ("rollups_match_sessions",)
"""Those that need events which have left the table to be told to them."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: which check, the id at fault, and what is wrong with it."""

    check: str
    id: str
    detail: str


def run(archived: Mapping[tuple[int, int, int, int], int]) -> Iterator[tuple[str, list[Finding]]]:
    """Each check with what it found, in order.

    `archived` are the plain units that left the table: how many of a bot, quarter of an hour (in
    microseconds), channel (0: none) and kind of event.
    """
    bots, slots, channels, kinds = zip(*archived, strict=True) if archived else ((),) * 4
    told = {
        "bots": sql.bigints(bots),
        "slots": sql.instants(slots),
        "channels": sql.bigints(channels),
        "kinds": sql.integers(kinds),
        "quantities": sql.bigints(list(archived.values())),
    }
    for name in NAMES:
        parameters = told if name in READ_EVENTS else {}
        found = sql.rows(_SQL[name], **parameters)
        yield name, [Finding(name, at_fault, what) for at_fault, what in found]
