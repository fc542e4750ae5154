"""Invoices as XML by EN 16931 (Cross Industry Invoice, the profile of Factur-X of that name).

Keys are the standard's own names of what an invoice says: BT is a term, BG a group of them.
"""

import importlib
from decimal import Decimal
from typing import Any, Final

from quartermaster.adapters.documents import texts
from quartermaster.core import money
from quartermaster.core.invoices import documents
from quartermaster.core.invoices.documents import Document, Kind, Line, TaxTotal
from quartermaster.core.invoices.parties import Party
from quartermaster.core.invoices.taxes import REASONS, Category
from quartermaster.usecases.ports.documents import XmlUnavailable

_INVOICE: Final = "380"
_CREDIT_NOTE: Final = "381"
_ONE: Final = "C62"
_CENT: Final = Decimal("0.01")
_TRANSFER: Final = "58"
_PAID: Final = "1"
_EXEMPTIONS: Final = {Category.REVERSE_CHARGE: "VATEX-EU-AE", Category.OUTSIDE: "VATEX-EU-O"}


def missing(one: Document) -> list[str]:
    """What the standard asks for and is not known, in words."""
    seller, buyer = one.seller.party, one.buyer
    wanted = {
        "the seller's country": seller.country,
        "the customer's country": buyer.country,
        "a line": one.lines,
    }
    if any(line.tax.category is not Category.OUTSIDE for line in one.lines):
        wanted["the seller's VAT id"] = seller.vat_id
    if money.from_minor(1, one.currency) < _CENT:
        wanted["amounts with two decimals"] = ""
    return [words for words, value in wanted.items() if not value]


def written(one: Document) -> bytes:
    """Checked against the schema. XmlUnavailable, naming what is missing."""
    if absent := missing(one):
        raise XmlUnavailable(f"an electronic invoice needs {', '.join(absent)}")
    terms = texts.each(_terms(one), texts.legible)
    facturx = importlib.import_module("facturx")  # slow to load, and seldom asked
    xml: bytes = facturx.generate_xml(terms, level="en16931", check_schematron=False)
    return xml


def _terms(one: Document) -> dict[str, Any]:
    amount = _Amounts(one.currency)
    is_outside = any(line.tax.category is Category.OUTSIDE for line in one.lines)
    totals = one.totals
    found: dict[str, Any] = {
        "BT-1": one.number,
        "BT-2": one.issue_date,
        "BT-3": _CREDIT_NOTE if one.kind is Kind.CREDIT_NOTE else _INVOICE,
        "BT-5": one.currency,
        "BT-9": one.due_date,
        "BT-72": one.end_date or one.issue_date,
        "BT-73": one.start_date,
        "BT-74": one.end_date,
        "BG-4": _seller(one, is_outside),
        "BG-7": _party(one.buyer, is_outside),
        "BG-23": [_tax(each, amount) for each in documents.by_tax(one.lines)],
        "BG-25": [_line(at, each, amount) for at, each in enumerate(one.lines, 1)],
        "BT-106": amount(totals.net_minor),
        "BT-109": amount(totals.net_minor),
        "BT-110": amount(totals.tax_minor),
        "BT-112": amount(totals.total_minor),
        "BT-113": amount(one.paid_minor),
        "BT-115": amount(one.due_minor),
    }
    if one.about and not one.start_date:
        found["BT-14"] = one.about
    if one.corrects:
        found["BG-3"] = [{"BT-25": one.corrects, "BT-26": one.corrects_date}]
    if one.reason:
        found["BG-1"] = [{"BT-22": one.reason}]
    return {name: value for name, value in (found | _payment(one)).items() if value is not None}


def _payment(one: Document) -> dict[str, Any]:
    bank = one.seller.bank
    if one.kind is Kind.INVOICE and one.due_minor > 0 and bank.iban:
        account = {"BT-84": bank.iban, "BT-85": bank.holder or one.seller.party.title}
        means = {"BT-81": _TRANSFER, "BT-83": one.number, **account}
        return means | ({"BT-86": bank.bic} if bank.bic else {})
    return {"BT-81": _PAID} if one.paid_minor else {}


class _Amounts:
    """As the standard writes them."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def __call__(self, amount_minor: int) -> str:
        return f"{money.from_minor(amount_minor, self._currency):f}"

    def exact(self, amount_minor: int) -> Decimal:
        """The same as a number."""
        return money.from_minor(amount_minor, self._currency)


def _line(at: int, line: Line, amount: _Amounts) -> dict[str, Any]:
    """A price is never below zero (BR-27): a quantity is. Without a price for one, the amount is
    that of all."""
    quantity = max(1, abs(line.quantity))
    price, of = abs(amount.exact(line.amount_minor)), quantity
    if line.unit_price is not None:
        price, of = abs(line.unit_price), 1
    found: dict[str, Any] = {
        "BT-126": str(at),
        "BT-129": str(-quantity if line.amount_minor < 0 else quantity),
        "BT-130": _ONE,
        "BT-131": amount(line.amount_minor),
        "BT-146": f"{price:f}",
        "BT-151": line.tax.category,
        "BT-153": line.description,
    }
    if of > 1:
        found |= {"BT-149": str(of), "BT-150": _ONE}
    if line.tax.category is not Category.OUTSIDE:
        found["BT-152"] = f"{line.tax.rate:f}"
    if line.detail:
        found["BT-154"] = line.detail
    if line.start_date and line.end_date:
        found |= {"BT-134": line.start_date, "BT-135": max(line.start_date, line.end_date)}
    return found


def _tax(one: TaxTotal, amount: _Amounts) -> dict[str, Any]:
    found = {
        "BT-116": amount(one.net_minor),
        "BT-117": amount(one.tax_minor),
        "BT-118": one.tax.category,
    }
    if one.tax.category is not Category.OUTSIDE:
        found["BT-119"] = f"{one.tax.rate:f}"
    if one.tax.category in _EXEMPTIONS:
        found["BT-120"] = REASONS[one.tax.category]
        found["BT-121"] = _EXEMPTIONS[one.tax.category]
    return found


def _seller(one: Document, is_outside: bool) -> dict[str, Any]:
    """Known by its number in a register, by its VAT id, or by the name of its series (BR-CO-26)."""
    seller = one.seller
    found = _party(seller.party, is_outside)
    if seller.registration:
        found["legal_identifier"] = seller.registration
    elif "vat_identifier" not in found:
        found["identifiers"] = {None: seller.party.vat_id or seller.prefix}
    return found


def _party(party: Party, is_outside: bool) -> dict[str, Any]:
    """Without VAT ids where nothing is subject to VAT (BR-O-02). An address has three lines."""
    lines = [*party.address[:2], ", ".join(party.address[2:])]
    found: dict[str, Any] = {
        "name": party.title,
        "country_code": party.country,
        "city": party.city,
        "postcode": party.postcode,
        "vat_identifier": "" if is_outside else party.vat_id,
    }
    found |= {f"addr_l{place}": line for place, line in enumerate(lines, 1)}
    if party.company or party.email:
        found["contacts"] = [{"name": party.name, "email": party.email}]
    return {name: value for name, value in found.items() if value}
