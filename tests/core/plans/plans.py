"""Plans to try things with."""

from dataclasses import replace
from decimal import Decimal

from quartermaster.core.catalog.offers import Cadence, Kind, Offer, SeatKind, SeatPrice
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.plans.tariffs import Stretch
from quartermaster.core.plans.terms import Terms
from quartermaster.core.pricing.per_unit import PerUnit
from quartermaster.core.pricing.rating import UsagePrice


def plan(name: str, rank: int, monthly: int, annual: int | None = None) -> Offer:
    """A plan of Contact Center AI: two seats included, further ones $10 a month, $100 a year."""
    fees = {Cadence.MONTHLY: Decimal(monthly)}
    if annual is not None:
        fees[Cadence.ANNUAL] = Decimal(annual)
    seats = {Cadence.MONTHLY: PerUnit(Decimal(10)), Cadence.ANNUAL: PerUnit(Decimal(100))}
    return Offer(
        kind=Kind.PLAN,
        name=name,
        title=name.title(),
        fees=fees,
        product="contact_center_ai",
        rank=rank,
        seats=SeatPrice(SeatKind.CONCURRENT, seats, included=2),
    )


ESSENTIAL = plan("essential", 0, 60, 600)
ADVANCED = plan("advanced", 1, 160, 1_600)
CHEAP = plan("cheap", 2, 30)


def terms(offer: Offer, cadence: Cadence = Cadence.MONTHLY, seats: int = 2) -> Terms:
    """Its version is its rank and one hundred."""
    return Terms(100 + offer.rank, offer, cadence, seats)


def plan_stretch(anchor: Anchor, start: int = -(10**18), end: int | None = None) -> Stretch:
    """Of a plan whose billing sessions are $0.18 each, two hundred a month included."""
    sessions = UsagePrice("billing_session", PerUnit(Decimal("0.18")), included=200)
    return Stretch(1, 101, replace(ESSENTIAL, usage=(sessions,)), anchor, start, end)
