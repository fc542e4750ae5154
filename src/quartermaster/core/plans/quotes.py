"""What a change of terms costs, before it is ordered. The order is the quote, to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from quartermaster.core import periods
from quartermaster.core.errors import Refusal
from quartermaster.core.periods import Period
from quartermaster.core.plans.terms import Fee, Terms, fees
from quartermaster.core.pricing import proration

What = Literal["fee", "seats", "unused", "funds"]
_HALF_A_CYCLE: Final = timedelta(days=14)


class NothingChanges(Refusal):
    """These are the terms there are."""

    code = "nothing_changes"
    kind = "invalid"


class MixedChange(Refusal):
    """Something goes up and something else down: order one after the other."""

    code = "mixed_change"
    kind = "refused"


@dataclass(frozen=True, slots=True)
class Anchor:
    """From which local day on cycles are counted, and where."""

    day: date
    zone: ZoneInfo

    @classmethod
    def at(cls, at: datetime, zone: ZoneInfo) -> "Anchor":
        """The local day of an instant."""
        return cls(at.astimezone(zone).date(), zone)

    def cycle(self, at: datetime, months: int) -> Period:
        """The cycle that contains an instant."""
        return periods.cycle_at(self.day, self.zone, at, months)


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line that was paid."""

    id: int
    description: str
    quantity: int
    amount_minor: int
    period: Period


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order. `what` is fee or seats, funds (credit for a wallet), or unused: below
    zero, for what was paid with the line `of` and is for the time from `period.start` on."""

    what: What
    description: str
    quantity: int
    amount_minor: int
    period: Period
    of: PaidLine | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The terms somebody has, the cycle up to whose end they are settled, and what was paid and not
    credited yet."""

    terms: Terms
    anchor: Anchor
    cycle: Period
    paid: tuple[PaidLine, ...]
    currency: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A change and its price. Not `is_now`: it comes at `cycle.start`, with the renewal, and there
    is nothing to pay before. `cycle` is the first under the new terms."""

    is_now: bool
    terms: Terms
    anchor: Anchor
    cycle: Period
    lines: tuple[Line, ...]

    @property
    def total_minor(self) -> int:
        """What is to be paid: never below zero."""
        return sum(line.amount_minor for line in self.lines)


def begin(terms: Terms, at: datetime, zone: ZoneInfo, currency: str) -> Quote:
    """A new subscription: a whole cycle's fee, for the time from `at` to the end of the cycle that
    is counted from the local day."""
    anchor = Anchor.at(at, zone)
    cycle = Period(at, anchor.cycle(at, terms.months).end)
    return Quote(True, terms, anchor, cycle, _whole(terms, cycle, currency))


def renew(standing: Standing, terms: Terms) -> Quote:
    """The next cycle, on whatever terms are to hold then."""
    return _renewed(standing, terms, standing.cycle.end)


def modify(standing: Standing, wanted: Terms, at: datetime) -> Quote:
    """Up: now, the rest of what was paid credited, and the rest of the cycle (of a longer cadence:
    a whole new cycle) charged. Down, or cheaper: from the end of the cycle. Where the cycle has
    ended and was not renewed, the new terms renew it. NothingChanges, MixedChange."""
    is_up = _is_up(standing.terms, wanted)
    if at >= standing.cycle.end:
        return _renewed(standing, wanted, at)
    later = renew(standing, wanted)
    if not is_up:
        return replace(later, is_now=False, lines=())
    if wanted.months == standing.terms.months:
        anchor, cycle = standing.anchor, standing.cycle
        charged = _rest(wanted, cycle, at, standing.currency)
    else:
        anchor = Anchor.at(at, standing.anchor.zone)
        cycle = Period(at, anchor.cycle(at, wanted.months).end)
        charged = _whole(wanted, cycle, standing.currency)
    quote = Quote(True, wanted, anchor, cycle, (*_unused(standing.paid, at), *charged))
    return replace(later, is_now=False, lines=()) if quote.total_minor < 0 else quote


def _renewed(standing: Standing, terms: Terms, at: datetime) -> Quote:
    """A whole cycle, the one that follows or a later one that contains `at`. It begins where the
    last one ended, though a workspace that moved has its midnights a day off at most; cycles that
    become longer are counted anew from there, for they would have begun before it."""
    end, anchor = standing.cycle.end, standing.anchor
    if terms.months > standing.terms.months:
        anchor = Anchor.at(end, anchor.zone)
    cycle = anchor.cycle(max(at, end + _HALF_A_CYCLE), terms.months)
    if cycle.start < end + _HALF_A_CYCLE:
        cycle = Period(end, cycle.end)
    return Quote(True, terms, anchor, cycle, _whole(terms, cycle, standing.currency))


def _is_up(has: Terms, wanted: Terms) -> bool:
    """Whether nothing becomes less; MixedChange where something does and something else more."""
    several = (
        _compared(has.offer.rank, wanted.offer.rank),
        _compared(has.months, wanted.months),
        _compared(has.seats, wanted.seats),
    )
    if not any(several) and has.version == wanted.version:
        raise NothingChanges(field="offer")
    if -1 in several and 1 in several:
        raise MixedChange(field="offer")
    return -1 not in several


def _compared(has: int, wanted: int) -> int:
    return (wanted > has) - (wanted < has)


def _whole(terms: Terms, cycle: Period, currency: str) -> tuple[Line, ...]:
    return tuple(_line(fee, fee.amount_minor, cycle) for fee in fees(terms, currency))


def _rest(terms: Terms, cycle: Period, at: datetime, currency: str) -> tuple[Line, ...]:
    """What is left of a cycle at `at`."""
    rest = Period(max(at, cycle.start), cycle.end)
    return tuple(
        _line(fee, proration.unused(fee.amount_minor, cycle, at), rest)
        for fee in fees(terms, currency)
    )


def _line(fee: Fee, amount_minor: int, period: Period) -> Line:
    return Line(fee.what, fee.description, fee.quantity, amount_minor, period)


def _unused(paid: Sequence[PaidLine], at: datetime) -> tuple[Line, ...]:
    """Credit for what was paid and is for the time from `at` on: never more than was paid."""
    return tuple(
        Line(
            "unused",
            f"Unused: {line.description}",
            line.quantity,
            -proration.unused(line.amount_minor, line.period, at),
            Period(max(at, line.period.start), line.period.end),
            line,
        )
        for line in paid
        if line.period.end > at
    )
