"""What an invoice says to people, in words, as HTML and as PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from unicodedata import bidirectional

from babel import Locale

from quartermaster.core import money
from quartermaster.core.invoices import documents
from quartermaster.core.invoices.documents import Document, Kind, Line
from quartermaster.core.invoices.parties import Party, Seller
from quartermaster.core.invoices.taxes import REASONS, Category, Tax

_COUNTRIES: Final = Locale("en").territories
_TITLES: Final = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "Credit note"}
_ISOLATED: Final = "\u2068{}\u2069"


@dataclass(frozen=True, slots=True)
class Row:
    """A line; `small` says how it came about and when it is for."""

    description: str
    small: str
    quantity: str
    unit_price: str
    tax: str
    amount: str


@dataclass(frozen=True, slots=True)
class Address:
    """A party: its name, and what stands below."""

    title: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that is on the pages. Pairs are of a name and its value; `after` is what comes
    after the total, `note` the seller's own, `day` the year, month and day of its issue."""

    title: str
    number: str
    day: tuple[int, int, int]
    seller: Address
    buyer: Address
    buyer_label: str
    facts: list[tuple[str, str]]
    headline: str
    reason: str
    has_tax: bool
    lines: list[Row]
    totals: list[tuple[str, str]]
    total: tuple[str, str]
    after: list[tuple[str, str]]
    notes: list[str]
    bank: list[tuple[str, str]]
    note: str
    imprint: str


def worded(one: Document) -> Wording:
    """A document in words."""
    amounts = _Amounts(one.currency)
    seller, buyer, day = one.seller.party, one.buyer, one.issue_date
    has_tax = any(line.tax.category is not Category.OUTSIDE for line in one.lines)
    return Wording(
        title=_TITLES[one.kind],
        number=one.number,
        day=(day.year, day.month, day.day),
        seller=Address(seller.title, _place(seller)),
        buyer=Address(buyer.title, [*_contact(buyer), *_place(buyer), *_ids(buyer)]),
        buyer_label="Credited to" if one.kind is Kind.CREDIT_NOTE else "Billed to",
        facts=list(_facts(one)),
        headline=amounts.headline(one),
        reason=one.reason,
        has_tax=has_tax,
        lines=[amounts.row(line) for line in one.lines],
        totals=list(amounts.totals(one)) if has_tax else [],
        total=("Total", amounts.shown(one.totals.total_minor)),
        after=list(amounts.after(one)),
        notes=list(_notes(one)),
        bank=list(_bank(one)) if one.due_minor > 0 and one.kind is Kind.INVOICE else [],
        note=one.seller.note,
        imprint=joined(_imprint(one.seller)),
    )


def joined(parts: Iterator[str] | list[str]) -> str:
    """On one line, where those from right to left keep to themselves."""
    return " · ".join(_ISOLATED.format(part) if _is_from_right(part) else part for part in parts)


@dataclass(frozen=True, slots=True)
class _Amounts:
    currency: str

    def shown(self, amount_minor: int) -> str:
        return money.shown_minor(amount_minor, self.currency).replace("-", "−")

    def headline(self, one: Document) -> str:
        due_minor, total_minor = one.due_minor, one.totals.total_minor
        if one.kind is Kind.CREDIT_NOTE:
            return f"{self.shown(total_minor)} given back"
        if due_minor > 0:
            return f"{self.shown(due_minor)} due {_day(one.due_date)}"
        if due_minor < 0:
            return f"{self.shown(-due_minor)} in your favour"
        return f"{self.shown(total_minor)} paid"

    def row(self, line: Line) -> Row:
        price = "" if line.unit_price is None else self._price(line.unit_price)
        small = " · ".join(filter(None, (line.detail, _days(line.start_date, line.end_date))))
        shown = self.shown(line.amount_minor)
        return Row(line.description, small, _count(line.quantity), price, _rate(line.tax), shown)

    def totals(self, one: Document) -> Iterator[tuple[str, str]]:
        yield "Net", self.shown(one.totals.net_minor)
        for each in documents.by_tax(one.lines):
            if each.tax.rate:
                words = f"VAT {_rate(each.tax)} of {self.shown(each.net_minor)}"
                yield words, self.shown(each.tax_minor)
            else:
                is_reversed = each.tax.category is Category.REVERSE_CHARGE
                yield "VAT, reverse charge" if is_reversed else "VAT 0%", self.shown(0)

    def after(self, one: Document) -> Iterator[tuple[str, str]]:
        if one.paid_minor:
            yield "Paid", self.shown(-one.paid_minor)
            yield "Amount due", self.shown(one.due_minor)

    def _price(self, price: Decimal) -> str:
        micro = money.to_micro(price)
        return money.shown(micro, money.symbol(self.currency)).replace("-", "−")


def _facts(one: Document) -> Iterator[tuple[str, str]]:
    yield "Number", one.number
    yield "Date", _day(one.issue_date)
    if one.kind is Kind.CREDIT_NOTE:
        corrected = f" of {_day(one.corrects_date)}" if one.corrects_date else ""
        yield "For invoice", f"{one.corrects}{corrected}"
    elif one.due_minor > 0:
        yield "Due", _day(one.due_date)
    if period := _days(one.start_date, one.end_date):
        yield "Period", period
    if one.about:
        yield ("Statement" if one.start_date else "Order"), one.about


def _notes(one: Document) -> Iterator[str]:
    for category in dict.fromkeys(line.tax.category for line in one.lines):
        if category is Category.REVERSE_CHARGE:
            yield f"{REASONS[category]}."
    if one.kind is Kind.CREDIT_NOTE:
        yield "The total of this credit note is given back to you."
    elif one.due_minor > 0:
        yield f"Please pay by {_day(one.due_date)} and name {one.number}."
    elif one.due_minor < 0:
        yield "The total is in your favour. You do not need to pay anything."
    else:
        yield "This invoice is paid. You do not need to do anything."


def _bank(one: Document) -> Iterator[tuple[str, str]]:
    bank = one.seller.bank
    if bank.iban:
        groups = (bank.iban[place : place + 4] for place in range(0, len(bank.iban), 4))
        named = {"Account of": bank.holder or one.seller.party.title, "IBAN": " ".join(groups)}
        named |= {"BIC": bank.bic, "Bank": bank.bank, "Reference": one.number}
        yield from ((name, value) for name, value in named.items() if value)


def _imprint(seller: Seller) -> Iterator[str]:
    yield from (seller.party.title, *_place(seller.party))
    if seller.registration:
        yield seller.registration
    yield from _ids(seller.party)
    if seller.party.email:
        yield seller.party.email


def _is_from_right(words: str) -> bool:
    return any(bidirectional(sign) in ("R", "AL") for sign in words)


def _place(party: Party) -> list[str]:
    city = " ".join(filter(None, (party.postcode, party.city)))
    country = str(_COUNTRIES.get(party.country, ""))
    return [part for part in (*party.address, city, country) if part]


def _contact(party: Party) -> list[str]:
    return [party.name] if party.company and party.name else []


def _ids(party: Party) -> list[str]:
    return [f"VAT ID {party.vat_id}"] if party.vat_id else []


def _rate(tax: Tax) -> str:
    return "–" if tax.category is Category.OUTSIDE else f"{tax.rate:f}%"


def _count(quantity: int) -> str:
    return f"{quantity:,}".replace("-", "−")


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _days(start: date | None, end: date | None) -> str:
    if start is None or end is None:
        return ""
    if start >= end:
        return f"{start.day} {start:%b} {start.year}"
    before = f"{start.day} {start:%b}" + (f" {start.year}" if start.year != end.year else "")
    return f"{before} – {end.day} {end:%b} {end.year}"
