"""Step five of the meter: log-ins and log-outs become the seat peaks of their time."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from quartermaster.core import periods
from quartermaster.core.periods import Period
from quartermaster.core.usage import seats
from quartermaster.core.usage.events import Kind
from quartermaster.store.metering import operations, queries
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.usage._changes import HOUR_MICROS, SLOT_MICROS, hour
from quartermaster.usecases.usage._intake import Intake


def find_peaks(workspace: int, intake: Intake, history: History) -> None:
    """Works out again the peaks of the times that new log-ins and log-outs reach: a stay lasts
    twelve hours at most, and may decide whether a log-out and log-in at its end make another.
    By the hour for each bot, and by the quarter of one for all the workspace's bots together."""
    rows = np.flatnonzero((intake.kind == Kind.LOGGED_IN) | (intake.kind == Kind.LOGGED_OUT))
    touched: dict[tuple[int | None, str], list[int]] = {}
    for code, time in zip(intake.code[rows].tolist(), intake.time[rows].tolist(), strict=True):
        name = intake.names[code]
        for bot in (name.bot, None):
            touched.setdefault((bot, name.product or ""), []).append(time)
    for (bot, product), times in touched.items():
        start, end = hour(min(times)), hour(max(times) + seats.REACH_MICROS) + HOUR_MICROS
        period = Period(periods.from_micros(start), periods.from_micros(end))
        if bot is None:
            bots = queries.agent_bots(workspace, product)
            peaks = _peaks(bots, product, period, SLOT_MICROS, history)
            operations.save_agent_peaks(workspace, product, period, peaks)
        else:
            peaks = _peaks([bot], product, period, HOUR_MICROS, history)
            operations.save_seat_peaks(bot, product, period, peaks)


def _peaks(
    bots: Sequence[int], product: str, period: Period, step: int, history: History
) -> dict[int, int]:
    reach = timedelta(microseconds=seats.REACH_MICROS)
    found = history.logins(bots, product, Period(period.start - reach, period.end))
    start, end = periods.to_micros(period.start), periods.to_micros(period.end)
    return present(found.logins, start, end, step)


def present(logins: seats.Logins, start: int, end: int, step: int) -> dict[int, int]:
    """The peak of each step from `start` to `end` in which somebody was there."""
    peaks = seats.peaks(seats.presence(logins), start, end, step).tolist()
    return {at: agents for at, agents in zip(range(start, end, step), peaks, strict=True) if agents}
