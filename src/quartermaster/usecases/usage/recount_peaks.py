"""Peaks of seats that an earlier release did not keep are counted from the log-ins."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from quartermaster.store.metering import queries
from quartermaster.store.people import operations as people
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.ports import ArchiveDamaged, EventArchive
from quartermaster.usecases.usage import _presence


@dataclass(frozen=True, slots=True)
class Recount:
    """A workspace's peaks were counted again, or why not: that can be tried again."""

    workspace: str
    refusal: ArchiveDamaged | None = None


def recount_peaks(archive: EventArchive | None = None) -> Iterator[Recount]:
    """All peaks of each workspace where a bot has some and the workspace has none for that time.

    One transaction per workspace, which waits for the workspace's row; where nothing is missing,
    nothing is done. None of this may run in a transaction of the caller's.
    """
    for workspace, name in queries.workspaces_without_peaks():
        try:
            with transaction.atomic():
                people.lock_workspace(workspace)
                _recount(workspace, History(archive))
        except ArchiveDamaged as no:
            yield Recount(name, no)
        else:
            yield Recount(name)


def _recount(workspace: int, history: History) -> None:
    products = [product for one, _, product in queries.agent_workspaces() if one == workspace]
    for product in products:
        bots = queries.agent_bots(workspace, product)
        found = history.logins(bots, product, queries.EVER)
        period = _presence.span(found.logins)
        _presence.save(workspace, product, period, found, np.array(bots))
