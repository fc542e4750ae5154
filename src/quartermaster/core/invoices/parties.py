"""Who sells and who buys."""

from dataclasses import dataclass
from typing import Final

_MEMBERS: Final = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU: Final = frozenset(_MEMBERS.split())
"""Member states of the European Union (ISO 3166)."""


@dataclass(frozen=True, slots=True)
class Party:
    """A name and where it is found. `country` is by ISO 3166, or "" where it is not known;
    `vat_id` begins with its country and has been checked for its form."""

    name: str
    company: str = ""
    address: tuple[str, ...] = ()
    city: str = ""
    postcode: str = ""
    country: str = ""
    vat_id: str = ""
    email: str = ""

    @property
    def title(self) -> str:
        """What an invoice is made out to."""
        return self.company or self.name


@dataclass(frozen=True, slots=True)
class Bank:
    """Where wires go."""

    holder: str = ""
    iban: str = ""
    bic: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Seller:
    """The operator's entity. `registration` is its number in a register of companies; its invoices
    are numbered in a series of their own, which begins with `prefix`."""

    party: Party
    prefix: str
    registration: str = ""
    bank: Bank = Bank()
    note: str = ""
