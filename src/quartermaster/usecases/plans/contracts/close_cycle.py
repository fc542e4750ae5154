"""A cycle of a contract is over: its statement is written down, and invoiced."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from quartermaster.store.contracts import operations, queries
from quartermaster.store.contracts.models import Statement
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders.invoices import _issuing
from quartermaster.usecases.plans.contracts import _rating
from quartermaster.usecases.ports import EventArchive

SETTLING: Final = timedelta(hours=1)
"""How long after its end a cycle is closed by itself."""


def close_cycle(
    contract: int,
    at: datetime,
    archive: EventArchive | None = None,
    settling: timedelta = timedelta(),
) -> Statement | None:
    """The statement of the contract's first cycle without one, with what came late for earlier
    ones; None where that cycle has not been over for as long as it is to settle, or there is
    none."""
    with transaction.atomic():
        people.lock_workspace(queries.get(contract).workspace_id)
        found = queries.get(contract)
        start = queries.closed_to(contract) or found.start_at
        if found.end_at is not None and start >= found.end_at:
            return None
        cycle = _rating.running(found, start)
        if at < cycle.end + settling:
            return None
        adjusted = _rating.adjustments(found, archive)
        whole = _rating.rate(found, cycle, archive)
        whole = whole.adjusted(line for _, lines in adjusted for line in lines)
        number = len(queries.statements_of(contract)) + 1
        statement = operations.close(found, number, whole, at)
        for earlier, _ in adjusted:
            operations.forget_late(earlier)
        _issuing.for_statement(statement, at)
        return statement
