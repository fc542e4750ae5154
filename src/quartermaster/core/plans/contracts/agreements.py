"""What was agreed with an enterprise workspace: prices, cycles, commitment, days to pay.

See docs/concepts/contracts.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from quartermaster.core import money, periods
from quartermaster.core.catalog import reading
from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.catalog.plain import Plain
from quartermaster.core.errors import Refusal
from quartermaster.core.periods import Period
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.pricing.rating import UsagePrice
from quartermaster.core.usage import products
from quartermaster.core.usage.units import UNITS

NET_DAYS: Final = 30
CYCLES: Final = (1, 3, 12)
"""How many months a cycle may have."""
_MOST_DAYS: Final = 365
_YEARS: Final = range(1970, 3000)
_SECOND: Final = timedelta(seconds=1)


class BadContract(Refusal):
    """This cannot be agreed. `field` names what is at fault."""

    code = "bad_contract"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class Price:
    """What a unit or, of a product's agents, a seat costs in [start, end) (None: open). What is
    included, and tiers, are for a cycle."""

    id: int
    what: str
    price: UsagePrice
    start: datetime
    end: datetime | None = None
    kind: SeatKind | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it is in force."""
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Contract:
    """What holds in [start, end) (None: open). Cycles of `months` are counted from the anchor;
    `commitment_minor` is what each comes to at least. Of two prices that hold at once, the one that
    was agreed later counts: the last in `prices`."""

    anchor: Anchor
    months: int
    currency: str
    commitment_minor: int
    net_days: int
    start: datetime
    end: datetime | None
    prices: tuple[Price, ...] = ()

    def cycle(self, at: datetime) -> Period:
        """The cycle that contains an instant of the contract; the first and last one may be cut
        short by it."""
        return self._within(self.anchor.cycle(at, self.months))

    def month(self, at: datetime) -> Period:
        """The same for a month, by which quantities of catalogs count."""
        return self._within(self.anchor.cycle(at, 1))

    def _within(self, whole: Period) -> Period:
        end = whole.end if self.end is None else min(whole.end, self.end)
        return Period(max(whole.start, self.start), end)

    def price_of(self, what: str, at: datetime) -> Price | None:
        """The price agreed for a unit, or for seats of a product."""
        held = [one for one in self.prices if one.what == what and one.holds(at)]
        return held[-1] if held else None

    def commitment_of(self, cycle: Period) -> int:
        """What a cycle comes to at least: of one that is cut short a share, by the second."""
        whole = self.anchor.cycle(cycle.start, self.months)
        share = Decimal((cycle.end - cycle.start) // _SECOND)
        return money.rounded(self.commitment_minor * share / ((whole.end - whole.start) // _SECOND))

    def due_date(self, cycle: Period) -> date:
        """Until when the statement is to be paid: so many days after the local day of its end."""
        return cycle.end.astimezone(self.anchor.zone).date() + timedelta(days=self.net_days)


def checked(months: int, commitment_minor: int, net_days: int) -> None:
    """BadContract where these cannot be agreed."""
    if months not in CYCLES:
        words = ", ".join(map(str, CYCLES))
        raise BadContract(f"a cycle has {words} months, not {months}", field="months")
    if not 0 <= commitment_minor <= 10**14:
        raise BadContract("a commitment is an amount from 0 on", field="commitment")
    if not 0 <= net_days <= _MOST_DAYS:
        raise BadContract(f"from 0 to {_MOST_DAYS} days to pay", field="net_days")


def midnight(day: date, zone: ZoneInfo, field: str) -> datetime:
    """When a day of a contract begins. BadContract for a year that nobody agrees anything for."""
    if day.year not in _YEARS:
        words = f"a day from {_YEARS[0]} to {_YEARS[-1]}, not {day}"
        raise BadContract(words, field=field)
    return periods.local_day(day, zone).start


def price(what: str, kind: str | None, terms: Mapping[str, Any]) -> UsagePrice:
    """The price of a unit or, with a kind of seat, of a product's agents, from a price model and
    what is included as a catalog writes them. BadContract."""
    known = products.WITH_AGENTS if kind is not None else UNITS
    if what not in known:
        raise BadContract(f"{what!r} is none of {', '.join(known)}", field="what")
    if kind is not None and kind not in tuple(SeatKind):
        raise BadContract(f"{kind!r} is none of {', '.join(SeatKind)}", field="kind")
    whole = Plain(terms)
    found = reading.usage_price(whole, "seat" if kind else what)
    if whole.faults:
        raise BadContract(str(whole.faults[0]), field=f"terms.{whole.faults[0].field}".rstrip("."))
    return found
