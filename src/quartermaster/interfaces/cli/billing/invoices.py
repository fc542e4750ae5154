"""`quartermaster invoices`: list, show, print, credit and settle."""

import uuid
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from quartermaster.core import money
from quartermaster.core.formats import public_ids
from quartermaster.core.invoices.documents import Kind
from quartermaster.core.invoices.standing import Status
from quartermaster.interfaces.cli import choices, output
from quartermaster.interfaces.cli.choices import Format, Shell, WorkspaceName
from quartermaster.store.invoices import queries
from quartermaster.usecases.orders.invoices.export_invoices import InvoiceRow
from quartermaster.usecases.orders.invoices.issue_credit_note import Wanted as Credit
from quartermaster.usecases.orders.invoices.issue_credit_note import issue_credit_note
from quartermaster.usecases.orders.invoices.list_invoices import Wanted, list_invoices
from quartermaster.usecases.orders.invoices.print_invoice import Form, print_invoice
from quartermaster.usecases.orders.invoices.settle_invoice import settle_invoice
from quartermaster.usecases.orders.invoices.show_invoice import (
    OpenedLine,
    ShownInvoice,
    show_invoice,
)
from quartermaster.usecases.ports.documents import Documents

Name = Annotated[str, typer.Argument(metavar="INVOICE", help="Its number or id")]
_TITLES = (
    "Invoice",
    "Kind",
    "Order or statement",
    "Billing date",
    "Payment method",
    "Payment status",
    "Cost",
)


def register(app: typer.Typer, shell: Shell, documents: Documents) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Invoices and credit notes.", no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="invoices")
    _read(group, shell)
    _act(group, shell)

    @group.command("pdf")
    def pdf(
        invoice: Name,
        file: Annotated[
            Path | None, typer.Argument(help="Where to [default: here, by its number]")
        ] = None,
        workspace: WorkspaceName = None,
        form: Annotated[Form, typer.Option("--as", help="Another form of it")] = Form.PDF,
    ) -> None:
        """Write an invoice as a document."""
        with output.refusals():
            made = print_invoice(documents, choices.workspace(workspace), invoice, form)
            where = file or Path(made.name)
            output.write(where, made.body)
        typer.echo(where)


def _read(group: typer.Typer, shell: Shell) -> None:
    @group.command("list")
    def list_(
        workspace: WorkspaceName = None,
        kind: Annotated[Kind | None, typer.Option(help="Only these")] = None,
        status: Annotated[Status | None, typer.Option(help="Only those that stand so")] = None,
        limit: Annotated[int, typer.Option(min=1, help="How many at most")] = 100,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """The latest first, and where they stand."""
        where = choices.workspace(workspace)
        wanted = Wanted(where, kind, status)
        several = list_invoices(wanted, shell.now(where), limit=limit)
        rows = [InvoiceRow.of(one) for one in several]
        if format is output.Format.JSON:
            output.print_json({"invoices": [one._asdict() for one in rows]})
        elif rows:
            output.show(output.listing(_TITLES, map(_row, rows), folded=(1, 4, 5)))
        else:
            typer.echo("There is no such invoice.")

    @group.command("show")
    def show(
        invoice: Name,
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Line by line, with what each is made of."""
        where = choices.workspace(workspace)
        with output.refusals():
            found = show_invoice(where, invoice, shell.now(where))
        _show(format, found)


def _act(group: typer.Typer, shell: Shell) -> None:
    @group.command("credit")
    def credit(
        invoice: Name,
        reason: Annotated[str, typer.Argument(help="Why: the customer reads it")],
        workspace: WorkspaceName = None,
        line: Annotated[
            list[str] | None,
            typer.Option(help="NUMBER=AMOUNT without tax, of a line [default: all that is left]"),
        ] = None,
        key: Annotated[
            str | None,
            typer.Option(callback=choices.not_empty, help="The same key again is the same note"),
        ] = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """Issue a credit note: an invoice is given back, whole or in part."""
        where, name = choices.workspace(workspace), key or str(uuid.uuid4())
        with output.refusals():
            of = queries.get_of(where.id, invoice)
            amounts = _amounts(line, of.currency) if line else None
            wanted = Credit(where, of.public_id, reason, amounts)
            named = public_ids.keyed(where.public_id, name)
            made = issue_credit_note(wanted, named, shell.now(where))
            found = show_invoice(where, made.public_id, shell.now(where))
        _show(format, found, key=name)

    @group.command("settle")
    def settle(
        invoice: Name,
        note: Annotated[str, typer.Option(help="By what, such as the bank's reference")] = "",
        workspace: WorkspaceName = None,
        format: Format = output.Format.TABLE,  # noqa: A002
    ) -> None:
        """An invoice that was issued before it was paid has been paid. Twice is once."""
        where = choices.workspace(workspace)
        with output.refusals():
            made = settle_invoice(where, invoice, note, shell.now(where))
            found = show_invoice(where, invoice, shell.now(where))
        told = {"invoice": found.document.number, "status": found.listed.status}
        settled = {"settled_at": made.settled_at, "note": made.note}
        output.answer(format, told | settled, ZoneInfo(where.time_zone))


def _amounts(lines: list[str], currency: str) -> dict[int, int]:
    found = [_amount(one, currency) for one in lines]
    if len(dict(found)) < len(found):
        raise typer.BadParameter("--line names a line twice")
    return dict(found)


def _amount(text: str, currency: str) -> tuple[int, int]:
    number, _, amount = text.partition("=")
    try:
        exact = Decimal(amount)
        amount_minor = money.to_minor(exact, currency)
        if money.from_minor(amount_minor, currency) == exact:
            return int(number), amount_minor
    except (ValueError, InvalidOperation):
        pass
    raise typer.BadParameter(f"{text!r} is no line and amount such as 2=10.00")


def _row(one: InvoiceRow) -> tuple[str, ...]:
    way = one.payment_label or one.payment_method or "-"
    cost = f"{one.to_sum().total} {one.currency}"
    kind, about = one.kind.replace("_", " "), one.order or one.statement or ""
    return one.number, kind, about, one.billing_date.isoformat(), way, one.status, cost


def _show(form: output.Format, found: ShownInvoice, **more: Any) -> None:
    told = InvoiceRow.of(found.listed)._asdict() | {"reason": found.document.reason} | more
    currency = found.document.currency
    lines = [_line(number, one, currency) for number, one in enumerate(found.lines, 1)]
    notes = [InvoiceRow.of(one) for one in found.credit_notes]
    if form is output.Format.JSON:
        several = [one._asdict() for one in notes]
        output.print_json(told | {"lines": lines, "credit_notes": several})
        return
    output.answer(form, {name: value for name, value in told.items() if value not in (None, "")})
    names = ("number", "description", "made_of", "formula", "quantity", "tax", "amount")
    rows = [tuple(str(line[name]) for name in names) for line in lines]
    titles = ("Line", "What", "Made of", "How", "Quantity", "Tax", "Amount")
    output.show(output.listing(titles, rows, folded=(1, 3)))
    if notes:
        output.show(output.listing(_TITLES, map(_row, notes), folded=(1, 4, 5)))


def _line(number: int, one: OpenedLine, currency: str) -> dict[str, Any]:
    line, origin = one.line, one.origin
    return {
        "number": number,
        "description": line.description,
        "detail": line.detail,
        "quantity": line.quantity,
        "amount": money.exact_minor(line.amount_minor, currency),
        "tax_rate": f"{line.tax.rate:f}",
        "tax": money.exact_minor(line.tax_minor, currency),
        "made_of": f"{origin.public_id}, line {origin.number}",
        "formula": origin.formula,
    }
