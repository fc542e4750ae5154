"""Works out all seat peaks from the stored log-ins and compares with those that stand."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from quartermaster.core import periods
from quartermaster.core.periods import Period
from quartermaster.core.usage import seats
from quartermaster.store.metering import queries
from quartermaster.store.wallets.checks import Finding
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.usage import _presence
from quartermaster.usecases.usage._changes import HOUR_MICROS, hour

CHECK: Final = "seat_peaks_follow_from_logins"
_EVER: Final = Period(queries.LONG_AGO, datetime(9998, 1, 1, tzinfo=periods.EPOCH.tzinfo))


def differences(history: History) -> Iterator[Finding]:
    """A finding for each hour whose stored peak is not that of its log-ins."""
    for bot, public_id, product in queries.agent_products():
        logins = history.logins([bot], product, _EVER).logins
        start = hour(int(logins.time.min()))
        end = hour(int(logins.time.max()) + seats.AUTO_LOGOUT_MICROS) + HOUR_MICROS
        expected = _presence.present_by_hour(logins, start, end)
        there = queries.seat_peaks(bot, product)
        for at in sorted({*expected, *there}):
            if expected.get(at, 0) != there.get(at, 0):
                yield Finding(
                    CHECK,
                    public_id,
                    f"{product} at {periods.from_micros(at)}: the hour says {there.get(at, 0)}, "
                    f"log-ins make {expected.get(at, 0)}",
                )
