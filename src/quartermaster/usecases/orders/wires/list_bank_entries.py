"""What has come by bank, what each is for, and what it waits for."""

from dataclasses import dataclass
from enum import StrEnum

from quartermaster.core.lifecycles.wires import Match, Verdict
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Payment
from quartermaster.store.orders.wires import queries
from quartermaster.store.orders.wires.models import BankEntry, EntryState
from quartermaster.usecases.orders import _ways
from quartermaster.usecases.orders.wires import _matching


class Awaited(StrEnum):
    """What an entry waits for."""

    PERSON = "person"  # who says what it is for, or what becomes of what is left of it
    REST = "rest"  # it is counted towards its order, which takes more
    PAGE = "page"  # the payment page of its order is still to be closed
    METHOD = "saved_method"  # it is not known yet what came of charging one for its order
    OPERATOR = "operator"  # who is to say whether its order was paid by hand
    JOB = "job"  # nothing is in its way: it pays when it is tried again
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry; while it is unmatched, with what it seems to be. `unused_minor` of it is for a
    person to decide on; `missing_minor` is still to come for its order."""

    entry: BankEntry
    match: Match | None
    unused_minor: int
    missing_minor: int
    awaits: Awaited

    @classmethod
    def of(
        cls,
        entry: BankEntry,
        open_minor: tuple[int, int],
        match: Match | None = None,
        waiting: Payment | None = None,
    ) -> "Listed":
        """With what is unused and, of a matched one, missing; and with the attempt that is in
        flight for the order that it names."""
        unused, missing = open_minor
        if match is not None:
            is_exact = match.verdict is Verdict.EXACT
            awaits = _in_the_way(waiting) if is_exact else Awaited.PERSON
            return cls(entry, match, unused, match.missing_minor, awaits)
        otherwise = Awaited.REST if missing else Awaited.NOTHING
        return cls(entry, None, unused, missing, Awaited.PERSON if unused else otherwise)


def list_bank_entries(
    is_open: bool = False, before: int | None = None, limit: int = 100
) -> list[Listed]:
    """The latest first: all, or only those that are not done with; those older than an entry."""
    rows = queries.listed(is_open, before, limit)
    found = _matching.judge(one for one in rows if one.state == EntryState.UNMATCHED)
    named = {row: one.order for row, one in found.items() if one.order is not None}
    waiting = orders.in_flight_of(set(named.values()))
    unused, missing = queries.unused_minor(rows), queries.missing_minor(rows)
    return [
        Listed.of(
            one,
            (unused[one.id], missing.get(one.id, 0)),
            found.get(one.id),
            waiting.get(named.get(one.id, "")),
        )
        for one in rows
    ]


def _in_the_way(payment: Payment | None) -> Awaited:
    if payment is None:
        return Awaited.JOB
    if _ways.is_on_page(payment):
        return Awaited.PAGE
    return Awaited.METHOD if payment.method else Awaited.OPERATOR
