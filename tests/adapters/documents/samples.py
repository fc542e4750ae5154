"""Invoices as they might be."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from quartermaster.core.invoices import credits, documents
from quartermaster.core.invoices.documents import Document, Kind, Line
from quartermaster.core.invoices.parties import Bank, Party, Seller
from quartermaster.core.invoices.taxes import Category, Tax

DE = Tax(Category.STANDARD, Decimal(19), "DE")
REVERSED = Tax(Category.REVERSE_CHARGE)
SELLER = Seller(
    Party(
        "Billing",
        "Parley Conversations GmbH",
        ("Torstraße 140",),
        "Berlin",
        "10119",
        "DE",
        "DE136695976",
        "billing@parley.example",
    ),
    "PC",
    "HRB 140921 B, Amtsgericht Charlottenburg",
    Bank("Parley Conversations GmbH", "DE89370400440532013000", "COBADEFFXXX", "Commerzbank"),
    "Questions? Reply to the e-mail that brought this invoice.",
)
BUYER = Party(
    "Ann Mercer",
    "Mercer & Söhne Handelsgesellschaft mbH",
    ("Lange Straße 7", "Hinterhaus, 2. Stock"),
    "Leipzig",
    "04103",
    "DE",
    "DE129273398",
    "ann@mercer.example",
)
ARABIC = Party(
    "ليلى بنت عبد الرحمن",
    "شركة المحادثات الذكية للتجارة والخدمات الرقمية المحدودة",
    ("شارع الملك فهد 120، الطابق الخامس",),
    "الرياض",
    "12271",
    "SA",
)
START, END = date(2026, 10, 1), date(2026, 10, 31)
_NAMES = ("Automation AI", "Contact Center AI", "Search AI", "Agent AI", "Voice gateway")


def line(place: int, tax: Tax = DE) -> Line:
    """One of many sorts."""
    name = _NAMES[place % len(_NAMES)]
    if place % 3 == 0:
        seats = Line(f"{name}, Advanced, named seats", 12, 12 * 1_900, tax, Decimal(19))
        return replace(seats, start_date=START, end_date=END)
    if place % 3 == 1:
        words = "5,000 included + 8,240 × $0.18 + 1,000 × $0.15 = $1,633.20"
        return Line(f"Billing sessions, {name}", 14_240, 163_320, tax, detail=words)
    words = f"Credit for the unused time of {name}, Essential"
    return Line(words, 1, -4_217, tax, start_date=date(2026, 10, 14), end_date=END)


def invoice(
    count: int, buyer: Party = BUYER, tax: Tax = DE, currency: str = "EUR", seller: Seller = SELLER
) -> Document:
    """Of a cycle, with so many lines."""
    lines = documents.taxed(line(place, tax) for place in range(count))
    return Document(
        Kind.INVOICE,
        "inv_5f0c1a7de2b94c86a310",
        "PC-000123",
        currency,
        date(2026, 11, 1),
        date(2026, 12, 1),
        seller,
        buyer,
        lines,
        about="stm_9d02c7e6f1b84a53c920",
        start_date=START,
        end_date=END,
    )


def paid(one: Document) -> Document:
    """That of an order."""
    plain = replace(one, about="ord_1c7e9d02b84af1536c20", start_date=None, end_date=None)
    return replace(plain, due_date=one.issue_date, paid_minor=one.totals.total_minor)


def credit_note(of: Document) -> Document:
    """Of the first line, in part, and all of the second."""
    amounts = {1: of.lines[0].amount_minor // 2, 2: of.lines[1].amount_minor}
    lines = tuple(one.line for one in credits.credit(of.lines, (), amounts, of.currency))
    return replace(
        of,
        kind=Kind.CREDIT_NOTE,
        number="PC-000124",
        issue_date=date(2026, 11, 9),
        due_date=date(2026, 11, 9),
        lines=lines,
        paid_minor=0,
        corrects=of.number,
        corrects_date=of.issue_date,
        reason="Two seats were never used; the sessions of 14 October were a test.",
    )
