"""Step five of the meter: log-ins and log-outs become the seat peaks of their time."""

import numpy as np

from quartermaster.core import periods
from quartermaster.core.periods import Period
from quartermaster.core.usage import seats
from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.state import Ints
from quartermaster.store.metering import operations, queries
from quartermaster.store.metering.queries import AgentLogins
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.usage._changes import HOUR_MICROS, SLOT_MICROS, hour
from quartermaster.usecases.usage._intake import Intake


def find_peaks(workspace: int, intake: Intake, history: History) -> None:
    """Works out again the peaks of the times that new log-ins and log-outs reach, and reads no more
    than what decides them. By the hour for each bot, and by the quarter of one for all the
    workspace's bots together."""
    rows = np.flatnonzero((intake.kind == Kind.LOGGED_IN) | (intake.kind == Kind.LOGGED_OUT))
    products = [intake.names[code].product or "" for code in intake.code[rows].tolist()]
    for product in sorted(set(products)):
        mine = rows[np.array([one == product for one in products])]
        bots = np.array([intake.names[code].bot for code in intake.code[mine].tolist()])
        times = intake.time[mine]
        for first, last in seats.stretches(times):
            period, found = _reached(workspace, product, (first, last), history)
            changed = np.unique(bots[(times >= first) & (times <= last)])
            save(workspace, product, period, found, changed)


def _reached(
    workspace: int, product: str, changed: tuple[int, int], history: History
) -> tuple[Period, AgentLogins]:
    """The whole hours in which log-ins from the first to the last changed instant make a
    difference, and the log-ins that decide who is present in them."""
    first, last = changed
    bots = queries.agent_bots(workspace, product)
    start, end = periods.from_micros(hour(first)), last + seats.AUTO_LOGOUT_MICROS
    while True:
        period = Period(start, periods.from_micros(hour(end) + HOUR_MICROS))
        found = history.deciding_logins(bots, product, period)
        if (reached := seats.reach(found.logins, last)) <= end:
            return period, found
        end = reached


def save(workspace: int, product: str, period: Period, found: AgentLogins, bots: Ints) -> None:
    """The peaks that log-ins make in a period of whole hours, of all the workspace's bots together
    and of each of these."""
    together = present(found.logins, period, SLOT_MICROS)
    operations.save_agent_peaks(workspace, product, period, together)
    for bot in bots.tolist():
        alone = present(found.of(bot), period, HOUR_MICROS)
        operations.save_seat_peaks(bot, product, period, alone)


def span(logins: seats.Logins) -> Period:
    """The whole hours in which any of these may be present; there must be one."""
    end = hour(int(logins.time.max()) + seats.AUTO_LOGOUT_MICROS) + HOUR_MICROS
    return Period(periods.from_micros(hour(int(logins.time.min()))), periods.from_micros(end))


def present(logins: seats.Logins, period: Period, step: int) -> dict[int, int]:
    """The peak of each step of a period in which somebody was there."""
    start, end = periods.to_micros(period.start), periods.to_micros(period.end)
    peaks = seats.peaks(seats.presence(logins), start, end, step).tolist()
    return {at: agents for at, agents in zip(range(start, end, step), peaks, strict=True) if agents}
