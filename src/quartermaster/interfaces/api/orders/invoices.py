"""Invoices and credit notes, and whom they are made out to."""

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.vary import vary_on_headers
from ninja import NinjaAPI, Path, Query
from ninja.decorators import decorate_view

from quartermaster.core.formats import cursors
from quartermaster.core.invoices.parties import Party
from quartermaster.interfaces.api.orders import invoice_forms as forms
from quartermaster.interfaces.api.orders.invoice_forms import (
    InvoicesAsked,
    InvoicesOut,
    ProfileIn,
    ProfileOut,
    ShownInvoiceOut,
)
from quartermaster.interfaces.api.plans.forms import ACTED
from quartermaster.interfaces.api.questions import Name, Shell
from quartermaster.interfaces.api.schemas import PROBLEMS, ProblemOut
from quartermaster.interfaces.api.usage import exports
from quartermaster.interfaces.api.usage.sessions import NotOffered
from quartermaster.store.billing import queries as billing
from quartermaster.usecases.orders.invoices.export_invoices import InvoiceRow, export_invoices
from quartermaster.usecases.orders.invoices.list_invoices import Wanted, list_invoices
from quartermaster.usecases.orders.invoices.print_invoice import Form, Printed, print_invoice
from quartermaster.usecases.orders.invoices.set_billing_profile import set_billing_profile
from quartermaster.usecases.orders.invoices.show_invoice import show_invoice

_JSON: Final = "application/json"
_DOCUMENTS: Final = {
    "application/pdf": Form.PDF,
    "text/html": Form.HTML,
    "application/xml": Form.XML,
}
_PAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""An invoice as a page has its style in it, and no scripts."""


def register(api: NinjaAPI, shell: Shell) -> None:
    """Adds the endpoints."""
    _reading(api, shell)
    _profile(api, shell)


def _reading(api: NinjaAPI, shell: Shell) -> None:
    offered = PROBLEMS | {406: ProblemOut}

    @api.get("/invoices", response={200: InvoicesOut, **offered}, summary="Invoices")
    @decorate_view(vary_on_headers("Accept"))
    def invoices(request: Any, asked: Query[InvoicesAsked]) -> Any:
        """Invoices and credit notes, the latest first: pages as JSON; all of them at once as CSV or
        NDJSON, for which `cursor` and `limit` mean nothing. In CSV the amounts of credit notes are
        below zero, so that a column of them adds up."""
        form = _form(request, [_JSON, *exports.FORMS])
        at, wanted = shell.now(request.auth), Wanted(request.auth, *forms.wanted(asked))
        if form != _JSON:
            return _whole(form, export_invoices(wanted, at))
        place = asked.place()
        found = list_invoices(wanted, at, place[1] if place else None, asked.limit + 1)
        last = found[asked.limit - 1].invoice if len(found) > asked.limit else None
        return {
            "invoices": [forms.row(InvoiceRow.of(one)) for one in found[: asked.limit]],
            "next_cursor": cursors.written(last.issued_at, last.id) if last else None,
        }

    @api.get(
        "/invoices/{invoice}",
        response={200: ShownInvoiceOut, 409: ProblemOut, **offered},
        summary="An invoice, line by line, or as a document",
    )
    @decorate_view(vary_on_headers("Accept"))
    def invoice(request: Any, invoice: Annotated[Name, Path()]) -> Any:
        """By its id or number. As JSON, each line with what it is made of; or as PDF (PDF/A-3 with
        the XML in it), HTML, or XML by EN 16931."""
        form = _form(request, [_JSON, *_DOCUMENTS])
        if form == _JSON:
            found = show_invoice(request.auth, invoice, shell.now(request.auth))
            return forms.shown(found, request.auth)
        return _file(print_invoice(shell.documents, request.auth, invoice, _DOCUMENTS[form]))


def _profile(api: NinjaAPI, shell: Shell) -> None:
    @api.get(
        "/billing-profile", response={200: ProfileOut, **PROBLEMS}, summary="The billing profile"
    )
    def billing_profile(request: Any) -> dict[str, Any]:
        """Whom invoices are made out to: the workspace by its name, until more was said."""
        return forms.profile(billing.profile(request.auth))

    @api.put(
        "/billing-profile", response={200: ProfileOut, **ACTED}, summary="Set the billing profile"
    )
    def set_profile(request: Any, wanted: ProfileIn) -> dict[str, Any]:
        """For invoices from now on; those that were issued stay as they are. What is left out is
        empty."""
        party = Party(**{**wanted.dict(), "address": tuple(wanted.address)})
        return forms.profile(set_billing_profile(request.auth, party, shell.now(request.auth)))


def _form(request: HttpRequest, offered: list[str]) -> str:
    found = request.get_preferred_type(offered)
    if found is None:
        raise NotOffered(406, f"it is offered as {', '.join(offered[:-1])} or {offered[-1]}")
    return found


def _whole(form: str, rows: list[InvoiceRow]) -> HttpResponseBase:
    headers = {"Content-Disposition": f'attachment; filename="invoices.{exports.ENDINGS[form]}"'}
    if form == "text/csv":
        rows = [one.to_sum() for one in rows]
    chunks = exports.FORMS[form](InvoiceRow._fields, [rows])
    return StreamingHttpResponse(chunks, content_type=form, headers=headers)


def _file(one: Printed) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{one.name}"',
        "Content-Security-Policy": _PAGE_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(one.body, content_type=one.media_type, headers=headers)
