"""Accepted events become sessions, roll-ups and charges."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import OperationalError, transaction

from quartermaster.core.lifecycles import clocks
from quartermaster.core.usage.events import Rejection
from quartermaster.store.contracts import queries as contracts
from quartermaster.store.metering import operations as metering
from quartermaster.store.people import operations as people
from quartermaster.store.people import queries as people_queries
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.ports import Batch, EventArchive, EventLog, Outcome
from quartermaster.usecases.usage import _changes, _counting, _intake, _presence
from quartermaster.usecases.usage._changes import Changes
from quartermaster.usecases.usage._charges import _charging, _late
from quartermaster.usecases.usage._sessions import _cutting

_ROLLBACKS: Final = "40"
"""Class of SQLSTATE: deadlocks and serialization failures."""
_LOCK_TIMEOUT: Final = "55P03"
_CANCELED: Final = "57014"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the installation decides: channels that are voice, and events per transaction."""

    voice_channels: frozenset[str] = frozenset({"voice"})
    batch_events: int = 20_000


@dataclass(frozen=True, slots=True)
class Metered:
    """What one transaction of the meter did."""

    workspace: int
    batches: int
    stored: int
    duplicates: int
    conflicts: int
    sessions: int
    withdrawn: int


class WorkspaceFailed(Exception):
    """The events of one workspace could not be metered; its cause says why. Nothing was written."""

    def __init__(self, workspace: int) -> None:
        super().__init__(f"workspace {workspace}")
        self.workspace = workspace


def meter_events(
    log: EventLog,
    policy: Policy,
    at: datetime,
    aside: Container[int] = (),
    archive: EventArchive | None = None,
) -> Metered | None:
    """Takes the oldest waiting batches of one workspace all the way, in one transaction, at `at` or
    where its clock stands.

    Everything or nothing, so a meter may be killed anywhere. A workspace that another meter has in
    hand is passed over, and so are those in `aside`. None when nothing else waits. The archive is
    read where a late event changes what is archived; if that fails, so does the workspace.
    """
    for workspace in log.workspaces():
        if workspace in aside:
            continue
        try:
            metered = _meter_workspace(log, policy, workspace, History(archive), at)
        except Exception as failure:
            if isinstance(failure, OperationalError) and not _is_of_workspace(failure):
                raise
            raise WorkspaceFailed(workspace) from failure
        if metered is not None:
            return metered
    return None


def _is_of_workspace(failure: OperationalError) -> bool:
    """Somebody else was in the way, or it took too long: other workspaces may do better."""
    code = getattr(failure.__cause__, "sqlstate", None) or ""
    return code.startswith(_ROLLBACKS) or code in (_LOCK_TIMEOUT, _CANCELED)


def _meter_workspace(
    log: EventLog, policy: Policy, workspace: int, history: History, at: datetime
) -> Metered | None:
    with transaction.atomic():
        locked = people.try_lock_workspace(workspace)
        batches = log.read(workspace, policy.batch_events) if locked else []
        if not locked or not batches:
            return None
        at = clocks.read(locked.frozen_at, at)
        return _meter(log, policy, locked, batches, history, at)


def _meter(
    log: EventLog,
    policy: Policy,
    locked: people.Locked,
    batches: list[Batch],
    history: History,
    at: datetime,
) -> Metered:
    intake = _intake.take_in(locked.workspace, batches)
    changes = _cutting.cut(intake, policy.voice_channels, history, at)
    _counting.count(intake, changes)
    if locked.is_contract:
        _late.note(locked.workspace, intake, changes)
        taken = contracts.covered(people_queries.get(locked.workspace))
        _charging.charge(locked, changes.outside(taken), at)  # before contracts, and after them
    else:
        _charging.charge(locked, changes, at)
    _late.note_seats(intake)
    metering.add_to_rollups(_changes.joined(changes.figures))
    _charging.rate(changes, at)
    _presence.find_peaks(locked.workspace, intake, history)
    log.done(intake.outcomes, at)
    _keep_conflicts(locked.workspace, batches, intake, at)
    return _metered(locked.workspace, intake.outcomes, changes)


def _metered(workspace: int, outcomes: list[Outcome], changes: Changes) -> Metered:
    return Metered(
        workspace,
        len(outcomes),
        sum(one.stored for one in outcomes),
        sum(one.duplicates for one in outcomes),
        sum(one.conflicts for one in outcomes),
        len(changes.made),
        len(changes.withdrawn),
    )


def _keep_conflicts(
    workspace: int, batches: list[Batch], intake: _intake.Intake, at: datetime
) -> None:
    requests = {batch.id: batch.request_id for batch in batches}
    for batch, conflicts in intake.conflicts.items():
        rejections = [
            Rejection(
                index, event, "conflicting_duplicate", "this id stood for another event", "id"
            )
            for index, event in conflicts
        ]
        metering.keep_rejections(workspace, requests[batch], rejections, at)
