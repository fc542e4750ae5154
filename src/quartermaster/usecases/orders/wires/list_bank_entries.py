"""What has come by bank, and what each is for."""

from dataclasses import dataclass

from quartermaster.core.lifecycles.wires import Match
from quartermaster.store.orders.wires import queries
from quartermaster.store.orders.wires.models import BankEntry, EntryState
from quartermaster.usecases.orders.wires import _matching


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry; while it is unmatched, with what it seems to be."""

    entry: BankEntry
    match: Match | None


def list_bank_entries(
    to_decide: bool = False, before: int | None = None, limit: int = 100
) -> list[Listed]:
    """The latest first: all, or only those that wait for a person; those older than an entry."""
    rows = queries.listed(to_decide, before, limit)
    found = _matching.judge(one for one in rows if one.state == EntryState.UNMATCHED)
    return [Listed(one, found.get(one.id)) for one in rows]
