"""What came too late: for the statement of a contract's cycle, or for a month of seats."""

import numpy as np

from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.units import UNITS
from quartermaster.store.contracts import operations as contracts
from quartermaster.store.contracts.operations import Late
from quartermaster.store.subscriptions import overages
from quartermaster.usecases.usage._changes import Changes
from quartermaster.usecases.usage._intake import Intake


def note(workspace: int, intake: Intake, changes: Changes) -> None:
    """Of a workspace with a contract: sessions and units of closed cycles, and log-ins."""
    closed = contracts.closed_to(workspace)
    if closed is None:
        return
    found = _usage(changes, closed)
    if found.bots:
        contracts.note_late(workspace, found)
    logins = _logins(intake, closed)
    if logins.bots:
        contracts.note_late_logins(workspace, logins)


def note_seats(intake: Intake) -> None:
    """Log-ins that may change months of seats that were settled."""
    found = _logins(intake, np.iinfo(np.int64).max)
    if found.bots:
        overages.note_late(found.bots, found.whats, found.ats)


def _usage(changes: Changes, closed: int) -> Late:
    made, withdrawn, counted = changes.made, changes.withdrawn, changes.counted
    at = np.concatenate([made.start, withdrawn.start, counted.slot])
    rows = np.flatnonzero(at < closed)
    signs = (np.ones(len(made), np.int64), np.full(len(withdrawn), -1), counted.quantity)
    units = np.concatenate([made.unit, withdrawn.unit, counted.unit])[rows]
    return Late(
        np.concatenate([made.bot, withdrawn.bot, counted.bot])[rows].tolist(),
        [UNITS[unit] for unit in units.tolist()],
        at[rows].tolist(),
        np.concatenate(signs)[rows].tolist(),
    )


def _logins(intake: Intake, closed: int) -> Late:
    is_login = (intake.kind == Kind.LOGGED_IN) | (intake.kind == Kind.LOGGED_OUT)
    rows = np.flatnonzero(is_login & (intake.time < closed))
    names = [intake.names[code] for code in intake.code[rows].tolist()]
    products = [name.product or "" for name in names]
    return Late([name.bot for name in names], products, intake.time[rows].tolist(), [0] * len(rows))
