"""Seats of a month beyond those that were bought (docs/concepts/entitlements.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from quartermaster.core import money
from quartermaster.core.pricing import per_unit
from quartermaster.core.usage import seats
from quartermaster.core.usage.seats import Presence
from quartermaster.core.usage.state import Ints


@dataclass(frozen=True, slots=True)
class Bought:
    """[start, end) in microseconds in which there were so many seats; `price` is what one more
    costs a month (None: none is billed, as in a trial)."""

    start: int
    end: int
    seats: int
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Overage:
    """So many seats too many, at the price that held when that many were first there, at `at`."""

    seats: int = 0
    price: Decimal = Decimal(0)
    at: int | None = None

    def formula(self, symbol: str = "$") -> str:
        """How the amount comes about."""
        return per_unit.formula(self.seats, "seat", self.price, symbol)

    def amount_minor(self, currency: str) -> int:
        """What they cost, rounded once."""
        return money.to_minor(self.seats * self.price, currency)


NONE = Overage()


def concurrent(stays: Presence, bought: Sequence[Bought], tolerance: int = 0) -> Overage:
    """The smallest n such that more than n agents beyond the seats of the moment are present for at
    most `tolerance` microseconds of the month in total. `bought` are disjoint, in their order."""
    several = [(one, *_beyond(stays, one)) for one in bought if one.price is not None]
    if not several:
        return NONE
    beyond = np.concatenate([each for _, _, each, _ in several])
    lasting = np.concatenate([each for _, _, _, each in several])
    time_at = np.zeros(int(beyond.max(initial=0)) + 1, np.int64)
    np.add.at(time_at, beyond, lasting)
    above = np.append(np.cumsum(time_at[::-1])[::-1][1:], 0)
    count = int(np.argmax(above <= tolerance))
    if not count:
        return NONE
    for one, instants, each, _ in several:
        reached = instants[each >= count]
        if len(reached):
            return Overage(count, one.price or Decimal(0), int(reached[0]))
    return NONE


def _beyond(stays: Presence, one: Bought) -> tuple[Ints, Ints, Ints]:
    """Instants, how many agents too many are present from there on, and for how long."""
    instants, present = seats.levels(seats.within(stays, one.start, one.end))
    lasting = np.diff(instants, append=instants[-1:])
    return instants, np.maximum(present - one.seats, 0), lasting


def named(holdings: Presence, bought: Sequence[Bought]) -> Overage:
    """The most agents by which those who had held a seat in the month so far were more than its
    seats. `bought` are disjoint, in their order; the month begins with the first."""
    most = NONE
    for one in bought:
        held = seats.within(holdings, bought[0].start, one.end)
        beyond = seats.named(held) - one.seats
        if one.price is not None and beyond > most.seats:
            firsts = np.sort([held.start[held.agent == agent].min() for agent in set(held.agent)])
            at = max(one.start, int(firsts[one.seats + beyond - 1]))
            most = Overage(beyond, one.price, at)
    return most
