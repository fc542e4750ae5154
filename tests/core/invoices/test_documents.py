"""Lines share the tax of their rate, to the cent."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.invoices import documents
from quartermaster.core.invoices.documents import Document, Kind, Line, TaxTotal, Totals
from quartermaster.core.invoices.parties import Party, Seller
from quartermaster.core.invoices.taxes import NO_TAX, Category, Tax

DE = Tax(Category.STANDARD, Decimal(19), "DE")
LOW = Tax(Category.STANDARD, Decimal("5.5"), "FR")


def line(amount_minor: int, tax: Tax = DE) -> Line:
    return Line("Something", 1, amount_minor, tax)


amounts = st.integers(-(10**9), 10**9)
lines_of_all_sorts = st.lists(st.builds(line, amounts, st.sampled_from((DE, LOW, NO_TAX))))


def test_an_example() -> None:
    found = documents.taxed([line(3), line(3), line(3), line(-1), line(50, LOW)])
    assert [one.tax_minor for one in found] == [1, 0, 1, 0, 3]
    assert documents.summed(found) == Totals(58, 5)
    assert documents.by_tax(found) == [TaxTotal(DE, 8, 2), TaxTotal(LOW, 50, 3)]


def test_half_a_cent_is_rounded_away_from_zero() -> None:
    assert [documents.tax_of(one, LOW) for one in (100, -100, 99)] == [6, -6, 5]


@given(st.integers(0, 10**9), st.decimals(0, "99.99", places=2))
def test_what_fits_into_a_total_with_its_tax(total_minor: int, rate: Decimal) -> None:
    tax = Tax(Category.STANDARD, rate, "DE")
    found = documents.net_within(total_minor, tax)
    assert documents.gross_of(found, tax) <= total_minor < documents.gross_of(found + 1, tax)
    assert documents.net_of(documents.gross_of(found, tax), tax) == found


@given(lines_of_all_sorts)
def test_each_rate_is_rounded_once_and_shared_out(lines: list[Line]) -> None:
    found = documents.taxed(lines)
    assert [one.amount_minor for one in found] == [one.amount_minor for one in lines]
    for one in documents.by_tax(found):
        assert one.tax_minor == documents.tax_of(one.net_minor, one.tax)
    assert documents.summed(found).tax_minor == sum(
        one.tax_minor for one in documents.by_tax(found)
    )


@given(lines_of_all_sorts)
def test_no_line_is_off_by_a_whole_unit(lines: list[Line]) -> None:
    for one in documents.taxed(lines):
        assert abs(one.tax_minor - one.amount_minor * one.tax.rate / 100) <= 1


def test_what_is_due_is_less_what_was_paid() -> None:
    day = date(2026, 11, 23)
    parties = (Seller(Party("Seller"), "QM"), Party("Ann", company="Ann & Co"))
    lines = documents.taxed([line(1000)])
    found = Document(Kind.INVOICE, "inv_1", "QM-000001", "EUR", day, day, *parties, lines, 190)
    assert (found.totals.total_minor, found.due_minor) == (1190, 1000)
    assert (found.buyer.title, found.seller.party.title) == ("Ann & Co", "Seller")
