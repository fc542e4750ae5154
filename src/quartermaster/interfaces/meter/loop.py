"""Meters what waits, again and again. Several may run: each takes a workspace nobody else has."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from django.db import OperationalError, close_old_connections
from prometheus_client import Counter, Histogram

from quartermaster.core.errors import Refusal
from quartermaster.usecases.ports import EventArchive, EventLog
from quartermaster.usecases.usage.meter_events import (
    Metered,
    Policy,
    WorkspaceFailed,
    meter_events,
)

STORED: Final = Counter("quartermaster_events_stored", "Events that were new")
DUPLICATES: Final = Counter("quartermaster_events_duplicate", "Repeats of stored events")
CONFLICTS: Final = Counter("quartermaster_events_conflicting", "Ids that stood for another event")
SESSIONS: Final = Counter("quartermaster_sessions_made", "Sessions made")
WITHDRAWN: Final = Counter("quartermaster_sessions_withdrawn", "Sessions taken back")
BATCH_SECONDS: Final = Histogram(
    "quartermaster_meter_batch_seconds",
    "Time of one transaction of the meter",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
FAILED: Final = Counter("quartermaster_meter_failures", "Transactions of the meter that failed")
_ASIDE_SECONDS: Final = 60.0
_IDLE_SECONDS: Final = 0.1
_DOWN_SECONDS: Final = 1.0
_log = structlog.get_logger("meter")


@dataclass(frozen=True, slots=True)
class Meter:
    """What a meter needs: the log, the policy (asked when it is needed: the database may be
    away at first), the clock of all whose own does not
    stand, and the archive. `aside` holds workspaces that failed, until when they
    are left alone, by `ticks`: seconds that only go forward, whatever is done to the clock."""

    log: EventLog
    policy: Callable[[], Policy]
    now: Callable[[], datetime]
    ticks: Callable[[], float] = time.monotonic
    archive: EventArchive | None = None
    aside: dict[int, float] = field(default_factory=dict)

    def run(self, is_stopping: Callable[[], bool]) -> None:
        """Goes on until `is_stopping`. A database that is away is waited for; a workspace that
        fails is tried again every minute, or at once if the database broke it off, and the others
        go on meanwhile."""
        while not is_stopping():
            try:
                if self.step() is None:
                    time.sleep(_IDLE_SECONDS)
            except OperationalError as failure:
                _log.warning("waiting_for_database", cause=str(failure).strip())
                close_old_connections()
                time.sleep(_DOWN_SECONDS)
            except WorkspaceFailed as failure:
                FAILED.inc()
                self.aside[failure.workspace] = self.ticks() + _aside_seconds(failure)
                _log.exception("workspace_failed", workspace=failure.workspace)

    def step(self) -> Metered | None:
        """One transaction; None if nothing waited."""
        begun = time.perf_counter()
        ticks = self.ticks()
        aside = {workspace for workspace, until in self.aside.items() if until > ticks}
        metered = meter_events(self.log, self.policy(), self.now(), aside, self.archive)
        if metered is not None:
            seconds = time.perf_counter() - begun
            _count(metered, seconds)
        return metered

    def drain(self) -> int:
        """Meters until nothing waits; how many events were new. What a person can see to, a
        database that is away or a file of the archive, is raised as what it is."""
        stored = 0
        try:
            while (metered := self.step()) is not None:
                stored += metered.stored
        except WorkspaceFailed as failure:
            if isinstance(failure.__cause__, OperationalError | Refusal):
                raise failure.__cause__ from None
            raise
        return stored


def _aside_seconds(failure: WorkspaceFailed) -> float:
    """What the database broke off may well be done at the next try."""
    is_broken_off = isinstance(failure.__cause__, OperationalError)
    return _DOWN_SECONDS if is_broken_off else _ASIDE_SECONDS


def _count(metered: Metered, seconds: float) -> None:
    BATCH_SECONDS.observe(seconds)
    STORED.inc(metered.stored)
    DUPLICATES.inc(metered.duplicates)
    CONFLICTS.inc(metered.conflicts)
    SESSIONS.inc(metered.sessions)
    WITHDRAWN.inc(metered.withdrawn)
    _log.info(
        "metered",
        workspace=metered.workspace,
        batches=metered.batches,
        stored=metered.stored,
        duplicates=metered.duplicates,
        conflicts=metered.conflicts,
        sessions=metered.sessions,
        withdrawn=metered.withdrawn,
        seconds=round(seconds, 4),
    )
