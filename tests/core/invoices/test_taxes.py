"""Who owes which tax."""

from decimal import Decimal

import pytest

from quartermaster.core.invoices import taxes
from quartermaster.core.invoices.parties import Party
from quartermaster.core.invoices.taxes import NO_TAX, BadTax, Category, Rates, Tax

GERMAN = Party("Seller", country="DE", vat_id="DE136695976")
RATES = Rates(True, {"DE": Decimal(19), "FR": Decimal(20), "CH": Decimal("8.1"), "MT": Decimal(0)})
DE = Tax(Category.STANDARD, Decimal(19), "DE")


def buyer(country: str, vat_id: str = "") -> Party:
    return Party("Buyer", country=country, vat_id=vat_id)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (buyer("DE"), DE),
        (buyer("DE", "DE129273398"), DE),
        (buyer(""), DE),
        (buyer("FR"), Tax(Category.STANDARD, Decimal(20), "FR")),
        (buyer("FR", "FR40303265045"), Tax(Category.REVERSE_CHARGE)),
        (buyer("IT"), DE),
        (buyer("MT"), Tax(Category.ZERO, Decimal(0), "MT")),
        (buyer("CH", "CHE107787577"), Tax(Category.STANDARD, Decimal("8.1"), "CH")),
        (buyer("US"), NO_TAX),
    ],
)
def test_a_seller_in_the_union(who: Party, expected: Tax) -> None:
    assert taxes.due(RATES, GERMAN, who) == expected


def test_tax_is_off_by_default() -> None:
    assert taxes.due(Rates(), GERMAN, buyer("DE")) == NO_TAX
    assert taxes.due(Rates(False, RATES.by_country), GERMAN, buyer("DE")) == NO_TAX


def test_a_seller_elsewhere_knows_no_reverse_charge() -> None:
    seller = Party("Seller", country="CH", vat_id="CHE107787577")
    found = taxes.due(RATES, seller, buyer("FR", "FR40303265045"))
    assert found == Tax(Category.STANDARD, Decimal(20), "FR")
    assert taxes.due(RATES, seller, buyer("IT")) == NO_TAX


def test_who_has_no_vat_id_cannot_leave_the_tax_to_others() -> None:
    seller = Party("Seller", country="DE")
    assert taxes.due(RATES, seller, buyer("IT", "IT00743110157")) == DE


@pytest.mark.parametrize("rate", ["-1", "100", "7.555", "NaN", "Infinity"])
def test_a_rate_is_a_percentage(rate: str) -> None:
    with pytest.raises(BadTax):
        taxes.checked(Decimal(rate))
    assert taxes.checked(Decimal("8.10")) == Decimal("8.1")
