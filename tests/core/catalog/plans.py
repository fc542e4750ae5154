"""Plans to try things with."""

from decimal import Decimal

from quartermaster.core.catalog.offers import Cadence, Kind, Offer, SeatKind, SeatPrice
from quartermaster.core.catalog.terms import Terms
from quartermaster.core.pricing.per_unit import PerUnit


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
