"""Which tax is due. Without rates, or while tax is off, none.

The categories are those of EN 16931 (UNCL 5305).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from quartermaster.core.errors import Refusal
from quartermaster.core.invoices.parties import EU, Party


class BadTax(Refusal):
    """A tax rate is a percentage from 0 to below 100, with two decimals at most."""

    code = "bad_tax"
    kind = "invalid"


class Category(StrEnum):
    """Why a rate is what it is."""

    STANDARD = "S"
    ZERO = "Z"
    REVERSE_CHARGE = "AE"
    OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class Tax:
    """A rate in percent, of a country's where there is one."""

    category: Category
    rate: Decimal = Decimal(0)
    country: str = ""

    def written(self) -> dict[str, str]:
        """To be kept."""
        return {"category": self.category, "rate": str(self.rate), "country": self.country}

    @classmethod
    def read(cls, found: Mapping[str, str]) -> "Tax":
        """The inverse of `written`; of nothing, no tax."""
        if not found:
            return NO_TAX
        return cls(Category(found["category"]), Decimal(found["rate"]), found["country"])


NO_TAX: Final = Tax(Category.OUTSIDE)

REASONS: Final = {
    Category.REVERSE_CHARGE: "Reverse charge: the customer accounts for the VAT",
    Category.OUTSIDE: "Not subject to VAT",
}
"""What an invoice says where no tax is due."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The operator's: percent by country."""

    is_on: bool = False
    by_country: Mapping[str, Decimal] | None = None

    def find(self, country: str) -> Tax | None:
        """That of a country, if it has one."""
        rate = (self.by_country or {}).get(country)
        if rate is None:
            return None
        return Tax(Category.STANDARD if rate else Category.ZERO, rate, country)


def checked(rate: Decimal) -> Decimal:
    """BadTax where it is no rate."""
    if not rate.is_finite() or not 0 <= rate < 100 or rate != round(rate, 2):
        raise BadTax(field="rates")
    return rate


def due(rates: Rates, seller: Party, buyer: Party) -> Tax:
    """What a seller takes from a buyer. Between member states of the EU a business, known by its
    VAT id, accounts for the tax itself. Anybody else pays by their country's rate; by the seller's
    where they have given no country, or one of the EU without a rate, as long as the seller is in
    the EU too."""
    if not rates.is_on:
        return NO_TAX
    is_inside = seller.country in EU and (buyer.country in EU or not buyer.country)
    is_abroad = buyer.country not in ("", seller.country)
    if is_inside and is_abroad and buyer.vat_id and seller.vat_id:
        return Tax(Category.REVERSE_CHARGE)
    found = rates.find(buyer.country or seller.country)
    if found is None and is_inside:
        found = rates.find(seller.country)
    return found or NO_TAX
