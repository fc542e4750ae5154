"""The months for which seats beyond those that were bought are counted and billed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from quartermaster.core import periods
from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.periods import Period
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.pricing.seat_overage import Bought


@dataclass(frozen=True, slots=True)
class Held:
    """[start, end) (None: open) in which a plan gave so many seats of a kind, its months counted
    from the anchor; `price` is what one more costs a month (None: none is billed)."""

    start: datetime
    end: datetime | None
    anchor: Anchor
    seats: int
    kind: SeatKind | None
    price: Decimal | None


def months(several: Sequence[Held], until: datetime) -> Iterator[tuple[Period, SeatKind]]:
    """The plan's months that have ended by an instant, with the kind of seats. A month is cut short
    where the plan begins or ends, or has another anchor or kind of seats from there on. `several`
    follow each other, in their order."""
    for run in _runs(several):
        at, end = run.start, run.end
        while run.kind is not None and (end is None or at < end):
            month = run.anchor.cycle(at, 1).end
            month = month if end is None else min(month, end)
            if month > until:
                break
            yield Period(at, month), run.kind
            at = month


def _runs(several: Sequence[Held]) -> list[Held]:
    runs: list[Held] = []
    for one in several:
        last = runs[-1] if runs else None
        if last and (last.end, last.anchor, last.kind) == (one.start, one.anchor, one.kind):
            runs[-1] = replace(last, end=one.end)
        else:
            runs.append(one)
    return runs


def outside(period: Period, taken: Sequence[Period]) -> list[Period]:
    """What of a period is in none of others, which come in their order."""
    found, start = [], period.start
    for one in taken:
        if one.start > start:
            found.append(Period(start, min(one.start, period.end)))
        start = max(start, one.end)
        if start >= period.end:
            return found
    return [*found, Period(start, period.end)]


def bought(
    several: Sequence[Held],
    month: Period,
    kind: SeatKind | None,
    billed: Sequence[Period] | None = None,
) -> list[Bought]:
    """What was bought of a month, in its order; without a price where seats are of another kind, or
    outside the times in which overage is billed (None: always is)."""
    edges = {edge for one in billed or () for edge in (one.start, one.end)}
    found = []
    for one in several:
        start = max(one.start, month.start)
        end = month.end if one.end is None else min(one.end, month.end)
        if start >= end:
            continue
        cuts = [start, *sorted(edge for edge in edges if start < edge < end), end]
        for first, last in pairwise(cuts):
            is_billed = billed is None or any(first in period for period in billed)
            price = one.price if is_billed and one.kind is kind else None
            micros = (periods.to_micros(first), periods.to_micros(last))
            found.append(Bought(*micros, one.seats, price))
    return found
