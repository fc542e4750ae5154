"""What the steps of the meter hand to each other."""

from dataclasses import dataclass, field
from typing import Final

from quartermaster.core.usage.state import Ints
from quartermaster.store.metering.operations import RollupKey

HOUR_MICROS: Final = 3_600_000_000
SLOT_MICROS: Final = HOUR_MICROS // 4
"""Roll-ups and charges are by the quarter of an hour: every time zone's days begin on one."""


@dataclass(frozen=True, slots=True)
class SessionChange:
    """A session that was made or taken back; `start` in microseconds, `channel` 0 is none."""

    session: int
    bot: int
    unit: str
    start: int
    channel: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Units that are not sessions: so many from the start of a slot on (microseconds)."""

    bot: int
    unit: str
    slot: int
    channel: int
    quantity: int


@dataclass(slots=True)
class Changes:
    """The sessions, counts and roll-up figures that change in one transaction."""

    made: list[SessionChange] = field(default_factory=list)
    withdrawn: list[SessionChange] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    rollups: dict[RollupKey, list[int]] = field(default_factory=dict)

    def add(self, key: RollupKey, quantity: int = 0, paid: int = 0, free: int = 0) -> None:
        """Adds to the figures of a slot."""
        figures = self.rollups.setdefault(key, [0, 0, 0])
        figures[0] += quantity
        figures[1] += paid
        figures[2] += free


def hour(time: int) -> int:
    """The start of the hour of an instant, both in microseconds."""
    return time - time % HOUR_MICROS


def slot(time: int) -> int:
    """The start of the quarter of an hour of an instant, both in microseconds."""
    return time - time % SLOT_MICROS


def slots(times: Ints) -> Ints:
    """The same for a column."""
    return times - times % SLOT_MICROS
