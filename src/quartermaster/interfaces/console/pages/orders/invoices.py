"""Invoices and credit notes as files."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quartermaster.interfaces.console.access import Here
from quartermaster.usecases.orders.invoices.print_invoice import Form, print_invoice

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Such a page has its style in it, and no scripts."""


@require_safe
def pdf(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """By number or public id."""
    return _file(here, name, Form.PDF)


@require_safe
def html(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """The same as a page of its own."""
    return _file(here, name, Form.HTML)


def _file(here: Here, name: str, form: Form) -> HttpResponse:
    one = print_invoice(here.shell.documents, here.workspace, name, form)
    headers = {
        "Content-Disposition": f'attachment; filename="{one.name}"',
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "private",
    }
    return HttpResponse(one.body, content_type=one.media_type, headers=headers)
