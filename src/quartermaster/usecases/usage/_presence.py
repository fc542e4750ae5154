"""Step five of the meter: log-ins and log-outs become the seat peaks of their hours."""

from datetime import timedelta

import numpy as np

from quartermaster.core import periods
from quartermaster.core.periods import Period
from quartermaster.core.usage import seats
from quartermaster.core.usage.events import Kind
from quartermaster.store.metering import operations
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.usage._changes import HOUR_MICROS, hour
from quartermaster.usecases.usage._intake import Intake


def find_peaks(intake: Intake, history: History) -> None:
    """Works out again the peaks of the hours that new log-ins and log-outs reach: a stay lasts
    twelve hours at most, and may decide whether a log-out and log-in at its end make another."""
    rows = np.flatnonzero((intake.kind == Kind.LOGGED_IN) | (intake.kind == Kind.LOGGED_OUT))
    touched: dict[tuple[int, str], list[int]] = {}
    for code, time in zip(intake.code[rows].tolist(), intake.time[rows].tolist(), strict=True):
        name = intake.names[code]
        touched.setdefault((name.bot, name.product or ""), []).append(time)
    for (bot, product), times in touched.items():
        start, end = hour(min(times)), hour(max(times) + seats.REACH_MICROS) + HOUR_MICROS
        period = Period(periods.from_micros(start), periods.from_micros(end))
        _save_peaks(bot, product, period, history)


def _save_peaks(bot: int, product: str, period: Period, history: History) -> None:
    reach = timedelta(microseconds=seats.REACH_MICROS)
    start, end = period.start, period.end
    found = history.logins([bot], product, Period(start - reach, end))
    peaks = present_by_hour(found.logins, periods.to_micros(start), periods.to_micros(end))
    operations.save_seat_peaks(
        operations.SeatPeaks(bot, product, start, end, list(peaks), list(peaks.values()))
    )


def present_by_hour(logins: seats.Logins, start: int, end: int) -> dict[int, int]:
    """The peak of each hour from `start` to `end` (on the hour) in which somebody was there."""
    hours = range(start, end, HOUR_MICROS)
    peaks = seats.hourly_peaks(seats.presence(logins), hours)
    return {at: agents for at, agents in zip(hours, peaks, strict=True) if agents}
