"""A statement, line by line, and what each line is made of."""

from dataclasses import dataclass

from quartermaster.store import sql
from quartermaster.store.contracts import queries, telling
from quartermaster.store.contracts.models import Statement
from quartermaster.store.contracts.telling import ToldLine
from quartermaster.store.people.models import Workspace


@dataclass(frozen=True, slots=True)
class ToldStatement:
    """A statement with its lines in their order."""

    statement: Statement
    lines: list[ToldLine]


def show_statement(workspace: Workspace, public_id: str) -> ToldStatement:
    """One of the workspace's, as it was closed. NotFound."""
    with sql.snapshot():
        found = queries.get_statement(workspace.id, public_id)
        return ToldStatement(found, telling.told(workspace, queries.lines(found.id)))
