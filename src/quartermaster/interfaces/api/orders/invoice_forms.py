"""What the API asks and answers about invoices."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from ninja import Schema
from pydantic import Field

from quartermaster.core import money
from quartermaster.core.invoices import documents
from quartermaster.core.invoices.documents import Kind
from quartermaster.core.invoices.parties import Party
from quartermaster.core.invoices.standing import Status
from quartermaster.interfaces.api.plans import contracts
from quartermaster.interfaces.api.plans.contracts import BilledBotOut
from quartermaster.interfaces.api.questions import Body, Paged, Text
from quartermaster.store.people.models import Workspace
from quartermaster.usecases.orders.invoices.export_invoices import InvoiceRow
from quartermaster.usecases.orders.invoices.show_invoice import OpenedLine, ShownInvoice


class InvoicesAsked(Paged):
    """Which invoices."""

    kind: Literal["invoice", "credit_note"] | None = None
    status: Literal["open", "overdue", "paid", "credited", "issued"] | None = Field(
        None, description="Where it stands; a credit note is `issued`, and that is all."
    )


class InvoiceOut(Schema):
    """An invoice or credit note, whose amounts are above zero, of what was given back. `corrects`
    is the number of a credit note's invoice; `order` or `statement` is what it is for. `paid` had
    been paid when it was issued, `credited` was given back since. `payment_label` is what people
    know a saved way to pay by."""

    id: str
    number: str
    kind: Literal["invoice", "credit_note"]
    status: Literal["open", "overdue", "paid", "credited", "issued"]
    corrects: str | None
    billing_date: date
    due_date: date
    order: str | None
    statement: str | None
    customer: str
    vat_id: str | None
    currency: str
    net: str
    tax: str
    total: str
    paid: str
    credited: str
    payment_method: Literal["card", "paypal", "wire", "by_hand"] | None
    payment_label: str | None


class InvoicesOut(Schema):
    """The latest first; `next_cursor` asks for the page after this one."""

    invoices: list[InvoiceOut]
    next_cursor: str | None


class OriginOut(Schema):
    """Line `line` of an order, a statement or, on a credit note, an invoice; `url` is its address.
    `formula` says how it came about. `bots` are those whose units a statement's line counts."""

    kind: Literal["order", "statement", "invoice"]
    id: str
    line: int
    url: str
    formula: str
    bots: list[BilledBotOut]


class InvoiceLineOut(Schema):
    """`amount` is without tax. `unit_price` is null where it is not `quantity` times one price;
    `detail` then says how it came about. `tax_rate` is in percent."""

    number: int
    description: str
    detail: str
    quantity: int
    unit_price: str | None
    amount: str
    tax_category: str
    tax_rate: str
    tax: str
    start_date: date | None
    end_date: date | None
    made_of: OriginOut


class TaxOut(Schema):
    """The lines of one rate together."""

    category: str
    rate: str
    net: str
    tax: str


class ProfileIn(Body):
    """Whom invoices are made out to: a person or, with `company`, a company."""

    name: Annotated[Text, Field(min_length=1)]
    company: Text = ""
    address: Annotated[list[Text], Field(max_length=4)] = Field([])
    city: Text = ""
    postcode: Text = ""
    country: Text = Field("", description="By ISO 3166, such as DE.")
    vat_id: Text = ""
    email: Text = ""


class ProfileOut(Schema):
    """As it stands on invoices."""

    name: str
    company: str
    address: list[str]
    city: str
    postcode: str
    country: str
    vat_id: str
    email: str


class ShownInvoiceOut(InvoiceOut):
    """With its lines, which sum to `net` and `tax`, who billed and was billed, as they were, and
    the credit notes that it has had."""

    reason: str
    seller: ProfileOut
    buyer: ProfileOut
    lines: list[InvoiceLineOut]
    taxes: list[TaxOut]
    credit_notes: list[InvoiceOut]


def wanted(asked: InvoicesAsked) -> tuple[Kind | None, Status | None]:
    """What a list is narrowed to."""
    return asked.kind and Kind(asked.kind), asked.status and Status(asked.status)


def row(one: InvoiceRow) -> dict[str, Any]:
    """As `InvoiceOut` has it."""
    return {
        name: f"{value:f}" if isinstance(value, Decimal) else value
        for name, value in one._asdict().items()
    }


def profile(one: Party) -> dict[str, Any]:
    """As `ProfileOut` has it."""
    return {name: getattr(one, name) for name in ProfileOut.model_fields} | {
        "address": list(one.address)
    }


def shown(found: ShownInvoice, workspace: Workspace) -> dict[str, Any]:
    """As `ShownInvoiceOut` has it."""
    one, currency = found.document, found.document.currency
    return {
        **row(InvoiceRow.of(found.listed)),
        "reason": one.reason,
        "seller": profile(one.seller.party),
        "buyer": profile(one.buyer),
        "lines": [
            _line(number, each, currency, ZoneInfo(workspace.time_zone))
            for number, each in enumerate(found.lines, 1)
        ],
        "taxes": [
            {
                "category": each.tax.category,
                "rate": f"{each.tax.rate:f}",
                "net": money.exact_minor(each.net_minor, currency),
                "tax": money.exact_minor(each.tax_minor, currency),
            }
            for each in documents.by_tax(one.lines)
        ],
        "credit_notes": [row(InvoiceRow.of(each)) for each in found.credit_notes],
    }


def _line(number: int, one: OpenedLine, currency: str, zone: ZoneInfo) -> dict[str, Any]:
    line, origin = one.line, one.origin
    price = line.unit_price
    return {
        "number": number,
        "description": line.description,
        "detail": line.detail,
        "quantity": line.quantity,
        "unit_price": None if price is None else money.exact(price, money.least_places(currency)),
        "amount": money.exact_minor(line.amount_minor, currency),
        "tax_category": line.tax.category,
        "tax_rate": f"{line.tax.rate:f}",
        "tax": money.exact_minor(line.tax_minor, currency),
        "start_date": line.start_date,
        "end_date": line.end_date,
        "made_of": {
            "kind": origin.kind,
            "id": origin.public_id,
            "line": origin.number,
            "url": f"/v1/{origin.kind}s/{origin.public_id}",
            "formula": origin.formula,
            "bots": contracts.billed(origin.told, zone) if origin.told else [],
        },
    }
