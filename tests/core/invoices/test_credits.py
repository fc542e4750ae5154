"""Never more than the invoice, and in the end exactly it."""

import re
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartermaster.core.invoices import credits, documents
from quartermaster.core.invoices.credits import Credited, CreditTooHigh, NothingToCredit
from quartermaster.core.invoices.documents import Line, Totals
from tests.core.invoices.test_documents import DE, line, lines_of_all_sorts

TWO = documents.taxed([Line("Seats", 3, 3000, DE, Decimal(10)), line(-1000)])


def totals(several: tuple[Credited, ...]) -> Totals:
    return documents.summed(one.line for one in several)


def test_whole() -> None:
    found = credits.credit(TWO, (), None, "USD")
    assert [one.line for one in found] == list(TWO)
    with pytest.raises(NothingToCredit):
        credits.credit(TWO, found, None, "USD")


def test_in_part_then_the_rest() -> None:
    part = credits.credit(TWO, (), {1: 500}, "USD")
    assert [(one.of, one.line.quantity, one.line.amount_minor) for one in part] == [(1, 1, 500)]
    assert (part[0].line.unit_price, part[0].line.detail) == (None, "in part")
    rest = credits.credit(TWO, part, None, "USD")
    assert [one.line.amount_minor for one in rest] == [2500, -1000]
    assert totals((*part, *rest)) == documents.summed(TWO)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({1: 3001}, "of line 1 there is $30.00 left to be credited, not $30.01"),
        ({1: -1}, "of line 1 there is $30.00 left to be credited, not -$0.01"),
        ({2: 1}, "of line 2 there is -$10.00 left to be credited, not $0.01"),
        ({3: 1}, "the invoice has no line 3"),
        (
            {1: 2001},
            "the invoice comes to $20.00 without tax: with this, $20.01 would be given back",
        ),
    ],
)
def test_not_more_than_there_is(wanted: Mapping[int, int], words: str) -> None:
    with pytest.raises(CreditTooHigh, match=re.escape(words)):
        credits.credit(TWO, (), wanted, "USD")


@pytest.mark.parametrize("wanted", [{}, {1: 0, 2: 0}])
def test_no_amount_is_no_credit_note(wanted: Mapping[int, int]) -> None:
    with pytest.raises(NothingToCredit, match="no amount of any line is named"):
        credits.credit(TWO, (), wanted, "USD")


@given(lines_of_all_sorts, st.data())
def test_any_steps_end_at_the_invoice(lines: list[Line], draw: st.DataObject) -> None:
    invoice = documents.taxed(lines)
    given_back: tuple[Credited, ...] = ()
    whole = {one.tax: one for one in documents.by_tax(invoice)}
    for _ in range(draw.draw(st.integers(0, 4))):
        wanted = {
            place: draw.draw(st.integers(*sorted((0, one.amount_minor))))
            for place, one in enumerate(invoice, 1)
        }
        try:
            given_back += credits.credit(invoice, given_back, wanted, "USD")
        except (CreditTooHigh, NothingToCredit):
            continue
        for one in documents.by_tax([each.line for each in given_back]):
            assert abs(one.net_minor) <= abs(whole[one.tax].net_minor)
            assert abs(one.tax_minor) <= abs(whole[one.tax].tax_minor)
    try:
        given_back += credits.credit(invoice, given_back, None, "USD")
    except NothingToCredit:
        assert not any(one.amount_minor for one in invoice) or given_back
    assert totals(given_back) == documents.summed(invoice)
