"""What the running cycle of a contract comes to so far. Nothing is written down."""

from dataclasses import dataclass
from datetime import datetime

from quartermaster.core.plans.contracts.agreements import Price
from quartermaster.core.plans.contracts.statements import Statement
from quartermaster.store import sql
from quartermaster.store.contracts import queries, telling
from quartermaster.store.contracts.models import Contract
from quartermaster.store.contracts.telling import ToldLine
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.plans.contracts import _rating
from quartermaster.usecases.ports import EventArchive


@dataclass(frozen=True, slots=True)
class Preview:
    """The contract that holds, its prices, and the statement that its cycle would have; `lines` are
    those of the statement, with names."""

    contract: Contract
    prices: list[Price]
    statement: Statement
    lines: list[ToldLine]


def preview_statement(
    workspace: Workspace, at: datetime, archive: EventArchive | None = None
) -> Preview:
    """The same lines that closing the cycle would give if nothing more were used. NotFound where
    the workspace has no contract."""
    with sql.snapshot():
        contract = queries.contract_at(workspace.id, at)
        whole = _rating.rate(contract, _rating.running(contract, at), archive)
        late = _rating.adjustments(contract, archive)
        found = whole.adjusted(line for _, lines in late for line in lines)
        lines = telling.told(workspace, found.lines)
        return Preview(contract, list(queries.agreed(contract).prices), found, lines)
