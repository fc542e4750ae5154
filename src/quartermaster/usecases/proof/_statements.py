"""Rates all closed cycles of contracts again and compares with their statements."""

from collections.abc import Iterator
from typing import Final

from quartermaster.core.periods import Period
from quartermaster.core.plans.contracts import statements
from quartermaster.core.plans.contracts.statements import TRUE_UP, Line
from quartermaster.store.contracts import queries
from quartermaster.store.contracts.models import Contract, Statement
from quartermaster.store.wallets.checks import Finding
from quartermaster.usecases.plans.contracts import _rating
from quartermaster.usecases.ports import EventArchive

CHECK: Final = "statements_follow_from_usage"


def differences(archive: EventArchive | None) -> Iterator[Finding]:
    """A finding for each statement that does not follow the one before, does not add up, or with
    its adjustments is not what its cycle comes to. What came late and is on no statement yet is
    left aside."""
    for contract in queries.every():
        start = contract.start_at
        for one in queries.statements_of(contract.id):
            faults = list(_faults(contract, one, archive))
            if one.start_at != start:
                faults.insert(0, f"begins {one.start_at}, the one before ends {start}")
            if faults:
                yield Finding(CHECK, one.public_id, "; ".join(faults))
            start = one.end_at


def _faults(contract: Contract, one: Statement, archive: EventArchive | None) -> Iterator[str]:
    total = sum(line.amount_minor for line in queries.lines(one.id))
    if total != one.total_minor:
        yield f"its lines sum to {total}, it says {one.total_minor}"
    late = queries.late(one.id)
    again = _rating.rate(contract, Period(one.start_at, one.end_at), archive, late)
    if (again.commitment_minor, again.due_date) != (one.commitment_minor, one.due_date):
        yield "its commitment or due date is another"
    aside = {each.what for each in late if not each.quantity}
    had, has = (_without(lines, aside) for lines in (queries.reckoned(one.id), again.lines))
    for line in statements.adjust(had, has, one.id, one.currency):
        yield f"{line.description.removeprefix('Adjustment: ')}, {line.formula}"


def _without(lines: tuple[Line, ...], products: set[str]) -> list[Line]:
    """Less the seats of products whose log-ins came late, and what depends on them."""
    return [
        line for line in lines if line.of not in products and not (products and line.key == TRUE_UP)
    ]
