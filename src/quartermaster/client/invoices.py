"""What the API answers about invoices, typed. Amounts are exact decimals."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from quartermaster.client.contracts import BilledBot


class Invoice(Struct, frozen=True):
    """An invoice or, with amounts above zero of what was given back, a credit note."""

    id: str
    number: str
    kind: str
    status: str
    corrects: str | None
    billing_date: date
    due_date: date
    order: str | None
    statement: str | None
    customer: str
    vat_id: str | None
    currency: str
    net: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    credited: Decimal
    payment_method: str | None
    payment_label: str | None


class InvoicePage(Struct, frozen=True):
    """The latest first."""

    invoices: list[Invoice]
    next_cursor: str | None


class Origin(Struct, frozen=True):
    """Line `line` of an order, a statement or, on a credit note, an invoice, at the address `url`;
    `formula` says how it came about."""

    kind: str
    id: str
    line: int
    url: str
    formula: str
    bots: list[BilledBot]


class InvoiceLine(Struct, frozen=True):
    """`amount` is without tax; `unit_price` is None where it is not `quantity` times one price."""

    number: int
    description: str
    detail: str
    quantity: int
    unit_price: Decimal | None
    amount: Decimal
    tax_category: str
    tax_rate: Decimal
    tax: Decimal
    start_date: date | None
    end_date: date | None
    made_of: Origin


class TaxTotal(Struct, frozen=True):
    """The lines of one rate together."""

    category: str
    rate: Decimal
    net: Decimal
    tax: Decimal


class Profile(Struct, frozen=True, kw_only=True):
    """Whom invoices are made out to, or who issues them."""

    name: str
    company: str = ""
    address: list[str] = []
    city: str = ""
    postcode: str = ""
    country: str = ""
    vat_id: str = ""
    email: str = ""


class ShownInvoice(Invoice, frozen=True):
    """With its lines, both parties as they were, and its credit notes."""

    reason: str
    seller: Profile
    buyer: Profile
    lines: list[InvoiceLine]
    taxes: list[TaxTotal]
    credit_notes: list[Invoice]
