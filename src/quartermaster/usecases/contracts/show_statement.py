"""A statement, line by line, and what each line is made of."""

from dataclasses import dataclass

from quartermaster.store import sql
from quartermaster.store.contracts import queries
from quartermaster.store.contracts.models import Statement
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.contracts import _telling
from quartermaster.usecases.contracts._telling import ToldLine


@dataclass(frozen=True, slots=True)
class ToldStatement:
    """A statement with its lines in their order."""

    statement: Statement
    lines: list[ToldLine]


def show_statement(workspace: Workspace, public_id: str) -> ToldStatement:
    """One of the workspace's, as it was closed. NotFound."""
    with sql.snapshot():
        found = queries.get_statement(workspace.id, public_id)
        return ToldStatement(found, _telling.told(workspace, queries.lines(found.id)))
