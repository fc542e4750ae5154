"""The operator moves the clock of a test workspace on, and what its jobs would do is done.

The clock goes from one due act to the next: it is moved, the act is done, and only then the next
one. No transaction is open while the outside is asked. Wherever it is cut off, what is done is done
and the clock stands where it came to; calling it again with the same end goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from quartermaster.core.lifecycles import clocks
from quartermaster.core.lifecycles.clocks import Due, Span
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.clocks import _jobs
from quartermaster.usecases.clocks.freeze_clock import freeze_clock
from quartermaster.usecases.clocks.works import Happened, What, Works
from quartermaster.usecases.credits.rate_spending import rate_spending
from quartermaster.usecases.usage.meter_events import meter_events


@dataclass(frozen=True, slots=True)
class Advanced:
    """From where to where a clock was moved, and what happened, in its order."""

    start: datetime
    end: datetime
    happened: list[Happened]


def advance_clock(
    works: Works, workspace: Workspace, to: datetime | Span, real_at: datetime
) -> Advanced:
    """Stops the clock if it runs (at `real_at`), and moves it on to an instant or by a span of the
    workspace's local time. Who moves it already is waited for. ClockRuns, ClockBackwards,
    TooFarAhead, ClockBusy. Must not run in a transaction of the caller's."""
    with people.advancing(workspace.id):
        start = freeze_clock(workspace, real_at)
        if isinstance(to, Span):
            to = to.after(start, ZoneInfo(workspace.time_zone))
        end = clocks.moved(start, to)
        return Advanced(start, end, list(_advance(works, workspace.id, start, end)))


def _advance(works: Works, workspace: int, at: datetime, end: datetime) -> Iterator[Happened]:
    yield from _meter(works, workspace, at)
    yield from _jobs.end_used_up(works, workspace, at)
    yield from _jobs.ask_again(works, workspace, at)
    tried: set[Due] = set()
    while (due := clocks.next_due(_jobs.waiting(workspace, end), tried)) is not None:
        tried.add(due)
        at = max(at, due.at)
        people.set_clock(workspace, at)
        for happened in _jobs.run(works, workspace, due, at):
            tried.clear()  # what was tried in vain may not be now
            yield happened
    people.set_clock(workspace, end)
    rate_spending(end, workspace)


class _Others:
    """Every workspace but one."""

    def __init__(self, workspace: int) -> None:
        self._workspace = workspace

    def __contains__(self, other: object) -> bool:
        return other != self._workspace


def _meter(works: Works, workspace: int, at: datetime) -> Iterator[Happened]:
    """Meters what waits; a meter that has the workspace in hand is waited for."""
    stored, is_left = 0, True
    policy = works.policy()
    while is_left:
        with transaction.atomic():
            people.lock_workspace(workspace)
            done = meter_events(works.log, policy, at, _Others(workspace), works.archive)
        is_left = done is not None
        stored += done.stored if done else 0
    if stored:
        yield Happened(at, What.EVENTS_METERED, f"{stored}")
