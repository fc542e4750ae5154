"""The invoices and credit notes of a workspace, and where they stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from quartermaster.core.invoices.documents import Kind
from quartermaster.core.invoices.standing import Status
from quartermaster.store import sql
from quartermaster.store.invoices import queries
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.invoices import _standing
from quartermaster.usecases.orders.invoices._standing import ListedInvoice

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of a workspace: of one kind only, or only those that stand so."""

    workspace: Workspace
    kind: Kind | None = None
    status: Status | None = None


def list_invoices(
    wanted: Wanted, at: datetime, before: int | None = None, limit: int | None = None
) -> list[ListedInvoice]:
    """The latest first: those issued before one (its internal id), so many at most."""
    with sql.snapshot():
        found = _all(wanted, at, before, min(limit or _AT_ONCE, _AT_ONCE))
        fit = (one for one in found if wanted.status in (None, one.status))
        return list(islice(fit, limit))


def _all(wanted: Wanted, at: datetime, before: int | None, size: int) -> Iterator[ListedInvoice]:
    """Where one stands is worked out, not stored: they are read until enough of them fit."""
    while True:
        rows = queries.of_workspace(wanted.workspace.id, wanted.kind, before, size)
        yield from _standing.listed(wanted.workspace, rows, at)
        if len(rows) < size:
            return
        before, size = rows[-1].id, _AT_ONCE
