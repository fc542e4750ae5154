"""How many seats a product needed: at the busiest moment, and by name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from quartermaster.core import periods
from quartermaster.core.periods import Period
from quartermaster.core.usage import seats
from quartermaster.store import sql
from quartermaster.store.metering import queries as metering
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.ports import EventArchive


@dataclass(frozen=True, slots=True)
class SeatCount:
    """Seats of a period. `concurrent` allows for the tolerance, `peak` does not; `peak_start` and
    `peak_end` bound the first stretch with the peak, and `agents` were on then."""

    product: str
    concurrent: int
    named: int
    peak: int
    peak_start: datetime | None
    peak_end: datetime | None
    agents: list[str]


def count_seats(
    workspace: int,
    product: str,
    period: Period,
    tolerance: timedelta = timedelta(),
    archive: EventArchive | None = None,
) -> SeatCount:
    """Counts from the log-ins and log-outs of all the workspace's bots, archived or not.

    Until seats are assigned by name, whoever logged in counts as having held one.
    """
    with sql.snapshot():
        bots = metering.agent_bots(workspace, product)
        found = History(archive).deciding_logins(bots, product, period)
    start, end = periods.to_micros(period.start), periods.to_micros(period.end)
    stays = seats.within(seats.presence(found.logins), start, end)
    peak = seats.peak(stays)
    return SeatCount(
        product=product,
        concurrent=seats.concurrent(stays, tolerance // timedelta(microseconds=1)),
        named=seats.named(stays),
        peak=peak.seats,
        peak_start=periods.from_micros(peak.start) if peak.seats else None,
        peak_end=periods.from_micros(peak.end) if peak.seats else None,
        agents=sorted(found.agents[agent] for agent in peak.agents),
    )
