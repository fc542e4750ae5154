"""All orders of the workspace."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from quartermaster.core.formats import cursors
from quartermaster.interfaces.console.access import Here
from quartermaster.interfaces.console.pages.orders import words
from quartermaster.store.invoices import queries as invoices
from quartermaster.store.invoices import telling
from quartermaster.store.orders import queries

_PAGE: Final = 25


def orders(request: HttpRequest, here: Here) -> HttpResponse:
    """The latest first, with how each was paid, and its invoice."""
    place = cursors.read(request.GET.get("after", ""))
    before = place[1] if place else None
    found = queries.of_workspace(here.workspace.id, before=before, limit=_PAGE + 1)
    shown, last = found[:_PAGE], found[_PAGE - 1] if len(found) > _PAGE else None
    ids = [one.id for one in shown]
    payments = queries.last_payments(ids)
    sums = queries.sums_of(ids)
    numbers = {order: telling.number(one) for order, one in invoices.of_orders(ids).items()}
    rows = [
        (
            one,
            words.method(payments.get(one.id), one.state),
            words.status(one, sums[one.id].refunded_minor),
            numbers.get(one.id),
        )
        for one in shown
    ]
    listed = {
        "rows": rows,
        "after": cursors.written(last.ordered_at, last.id) if last else "",
        "is_first": place is None,
    }
    return render(request, "console/orders/orders.html", listed)
