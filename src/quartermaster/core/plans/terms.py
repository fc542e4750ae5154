"""On what terms somebody has an offer, and what that costs per cycle in advance."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from quartermaster.core import money
from quartermaster.core.catalog.offers import MONTHS, Cadence, Offer, SeatPrice
from quartermaster.core.errors import Refusal
from quartermaster.core.pricing import parts

MOST_SEATS: Final = 1_000_000


class CadenceNotOffered(Refusal):
    """The offer is not sold with this cadence."""

    code = "cadence_not_offered"
    kind = "invalid"


class SeatsNotOffered(Refusal):
    """This many seats cannot be bought with the offer."""

    code = "seats_not_offered"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class Terms:
    """A version of an offer (`version` is its id), how often its fee is due, and how many seats
    there are in all, those that are included too."""

    version: int
    offer: Offer
    cadence: Cadence
    seats: int = 0

    @property
    def months(self) -> int:
        """How long a cycle is."""
        return MONTHS[self.cadence]


@dataclass(frozen=True, slots=True)
class Fee:
    """A part of what a whole cycle costs."""

    what: Literal["fee", "seats"]
    description: str
    quantity: int
    amount_minor: int


def agreed(version: int, offer: Offer, cadence: Cadence, seats: int | None) -> Terms:
    """Terms that are on offer; without `seats` only what is included. CadenceNotOffered,
    SeatsNotOffered."""
    if cadence not in offer.fees:
        sold = ", ".join(offer.fees)
        raise CadenceNotOffered(f"{offer.title} is sold {sold}, not {cadence}", field="cadence")
    included = offer.seats.included if offer.seats else 0
    wanted = included if seats is None else seats
    if offer.seats is None and wanted:
        raise SeatsNotOffered(f"{offer.title} is sold without seats", field="seats")
    if wanted < included:
        words = f"{offer.title} comes with {included} seats, fewer cannot be had"
        raise SeatsNotOffered(words, field="seats")
    if wanted > max(included, MOST_SEATS):
        raise SeatsNotOffered(f"at most {MOST_SEATS:,} seats can be bought", field="seats")
    return Terms(version, offer, cadence, wanted)


def fees(terms: Terms, currency: str) -> Iterator[Fee]:
    """What a whole cycle costs in advance, each part rounded once. What costs nothing is left out,
    but for a fee that stands alone; fewer seats than are included cost nothing more."""
    offer = terms.offer
    base = money.to_minor(offer.fees[terms.cadence], currency)
    seats = _seats(offer.seats, terms, currency) if offer.seats else None
    if base or not seats:
        yield Fee("fee", f"{offer.title}, {terms.cadence} fee", 1, base)
    if seats:
        yield seats


def _seats(price: SeatPrice, terms: Terms, currency: str) -> Fee | None:
    bought = max(0, terms.seats - price.included)
    amount = parts.total(price.prices[terms.cadence].parts(bought))
    amount_minor = money.to_minor(amount, currency)
    if not amount_minor:
        return None
    words = f"{terms.offer.title}, {price.kind} seats, {terms.cadence}"
    return Fee("seats", words, bought, amount_minor)
