"""What moving a clock on needs, and what it tells."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from quartermaster.usecases.ports import EventArchive, EventLog
from quartermaster.usecases.ports.gateways import Gateways
from quartermaster.usecases.usage.meter_events import Policy


@dataclass(frozen=True, slots=True)
class Works:
    """What jobs need from outside."""

    log: EventLog
    policy: Callable[[], Policy]
    gateways: Gateways
    archive: EventArchive | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """`which` is the id of what it happened to or, of events, how many."""

    at: datetime
    what: str
    which: str
