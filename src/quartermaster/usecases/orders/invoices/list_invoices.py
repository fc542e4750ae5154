"""The invoices and credit notes of a workspace, and where they stand."""

from datetime import datetime

from quartermaster.store import sql
from quartermaster.store.invoices import queries
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.invoices import _standing
from quartermaster.usecases.orders.invoices._standing import ListedInvoice


def list_invoices(
    workspace: Workspace, at: datetime, before: str | None = None, limit: int | None = None
) -> list[ListedInvoice]:
    """The latest first: those issued before one (its public id or number), so many at most.
    NotFound."""
    with sql.snapshot():
        bound = None if before is None else queries.get_of(workspace.id, before).id
        found = queries.of_workspace(workspace.id, bound, limit)
        return _standing.listed(workspace, found, at)
