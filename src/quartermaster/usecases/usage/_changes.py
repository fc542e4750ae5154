"""What the steps of the meter hand to each other, in columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from quartermaster.core import periods
from quartermaster.core.periods import Period
from quartermaster.core.usage.state import Ints
from quartermaster.store.metering.operations import Figures

HOUR_MICROS: Final = 3_600_000_000
SLOT_MICROS: Final = HOUR_MICROS // 4
"""Roll-ups and charges are by the quarter of an hour: every time zone's days begin on one."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions that were made or taken back: `start` in microseconds, `channel` 0 is none, `unit`
    a place in `UNITS`."""

    session: Ints
    bot: Ints
    unit: Ints
    start: Ints
    channel: Ints

    def __len__(self) -> int:
        return len(self.session)

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int, int, int]]) -> Self:
        """From rows with the fields in their order."""
        return cls(*np.array(rows, np.int64).reshape(-1, 5).T)


@dataclass(frozen=True, slots=True)
class Counted:
    """Units that are not sessions: so many from the start of a slot on (microseconds)."""

    bot: Ints
    unit: Ints
    slot: Ints
    channel: Ints
    quantity: Ints

    @classmethod
    def none(cls) -> Self:
        """Nothing."""
        return cls(*(np.empty(0, np.int64) for _ in range(5)))


_Columns = TypeVar("_Columns", Sessions, Figures)


def joined(several: Sequence[_Columns]) -> _Columns:
    """One behind the other; at least one."""
    kind = type(several[0])
    return kind(
        *(np.concatenate([getattr(one, name) for one in several]) for name in kind.__slots__)
    )


@dataclass(slots=True)
class Changes:
    """The sessions, counts and roll-up figures that change in one transaction."""

    made: Sessions = field(default_factory=lambda: Sessions.of([]))
    withdrawn: Sessions = field(default_factory=lambda: Sessions.of([]))
    counted: Counted = field(default_factory=Counted.none)
    figures: list[Figures] = field(default_factory=list)

    def outside(self, several: Sequence[Period]) -> "Changes":
        """Those of usage in none of these; figures are added to the same list."""
        made, withdrawn = (
            Sessions(*(getattr(one, name)[kept] for name in Sessions.__slots__))
            for one in (self.made, self.withdrawn)
            for kept in (_outside(one.start, several),)
        )
        kept = _outside(self.counted.slot, several)
        counted = Counted(*(getattr(self.counted, name)[kept] for name in Counted.__slots__))
        return Changes(made, withdrawn, counted, self.figures)


def _outside(at: Ints, several: Sequence[Period]) -> NDArray[np.bool_]:
    kept = np.ones(len(at), np.bool_)
    for one in several:
        kept &= (at < periods.to_micros(one.start)) | (at >= periods.to_micros(one.end))
    return kept


def hour(time: int) -> int:
    """The start of the hour of an instant, both in microseconds."""
    return time - time % HOUR_MICROS


def slots(times: Ints) -> Ints:
    """The starts of the quarters of an hour of instants, all in microseconds."""
    return times - times % SLOT_MICROS
