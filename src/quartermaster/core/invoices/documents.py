"""What an invoice says: its lines, their tax, and what they come to.

Tax is reckoned as EN 16931 asks for (BR-CO-17): once for each rate, from the sum of its lines. The
lines share it out, so that theirs sum to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from quartermaster.core import money
from quartermaster.core.invoices.parties import Party, Seller
from quartermaster.core.invoices.taxes import Tax


class Kind(StrEnum):
    """What a document is. A credit note has amounts above zero, of what is given back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Line:
    """`amount_minor` is without tax. `unit_price` is None where the amount is not simply `quantity`
    times one price; `detail` then says how it came about. `start_date` and `end_date` are the first
    and the last day that it is for."""

    description: str
    quantity: int
    amount_minor: int
    tax: Tax
    unit_price: Decimal | None = None
    detail: str = ""
    start_date: date | None = None
    end_date: date | None = None
    tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """All lines of one rate together."""

    tax: Tax
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What lines come to."""

    net_minor: int
    tax_minor: int

    @property
    def total_minor(self) -> int:
        """What is to be paid."""
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or credit note, whole. `about` names what was ordered or agreed, `corrects` the
    invoice of a credit note, `reason` why it was given. `paid_minor` had been paid when it was
    issued. `start_date` and `end_date` are a cycle's first and last day."""

    kind: Kind
    public_id: str
    number: str
    currency: str
    issue_date: date
    due_date: date
    seller: Seller
    buyer: Party
    lines: tuple[Line, ...]
    paid_minor: int = 0
    about: str = ""
    corrects: str = ""
    corrects_date: date | None = None
    reason: str = ""
    start_date: date | None = None
    end_date: date | None = None

    @property
    def totals(self) -> Totals:
        """Of all lines."""
        return summed(self.lines)

    @property
    def due_minor(self) -> int:
        """What is still to be paid."""
        return self.totals.total_minor - self.paid_minor


def tax_of(net_minor: int, tax: Tax) -> int:
    """Of an amount, rounded once."""
    return money.rounded(net_minor * tax.rate / 100)


def gross_of(net_minor: int, tax: Tax) -> int:
    """An amount with its tax."""
    return net_minor + tax_of(net_minor, tax)


def net_within(total_minor: int, tax: Tax) -> int:
    """The largest amount that comes to no more than this with its tax."""
    about = money.rounded(total_minor * 100 / (100 + tax.rate))
    return max(net for net in range(about - 1, about + 2) if gross_of(net, tax) <= total_minor)


def net_of(total_minor: int, tax: Tax) -> int | None:
    """The amount that comes to this total with its tax; None where rounding passes the total by."""
    found = net_within(total_minor, tax)
    return found if gross_of(found, tax) == total_minor else None


def taxed(lines: Iterable[Line]) -> tuple[Line, ...]:
    """With their share of the tax: each line brings the tax of its rate from what the lines before
    it come to, to what they come to with it. So no line is off by a whole unit."""
    sums: dict[Tax, int] = {}
    found = []
    for line in lines:
        before = sums.get(line.tax, 0)
        after = sums[line.tax] = before + line.amount_minor
        share = tax_of(after, line.tax) - tax_of(before, line.tax)
        found.append(replace(line, tax_minor=share))
    return tuple(found)


def summed(lines: Iterable[Line]) -> Totals:
    """What lines that were taxed come to."""
    several = list(lines)
    net = sum(line.amount_minor for line in several)
    return Totals(net, sum(line.tax_minor for line in several))


def by_tax(lines: Sequence[Line]) -> list[TaxTotal]:
    """What they come to, rate by rate, in the order of their appearance."""
    found: dict[Tax, list[Line]] = {}
    for line in lines:
        found.setdefault(line.tax, []).append(line)
    several = ((tax, summed(held)) for tax, held in found.items())
    return [TaxTotal(tax, one.net_minor, one.tax_minor) for tax, one in several]
