"""One order: what it is made of, how it stands, and how it can be paid."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.disputes import standing
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import OPEN, PAYABLE, WIRE_KINDS, Event, State
from quartermaster.interfaces.console.access import STATUS, Here
from quartermaster.interfaces.console.pages.orders import words
from quartermaster.store.billing import queries as billing
from quartermaster.store.invoices import telling
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.telling import outside_minor
from quartermaster.usecases.orders.payments.collect_payment import collect_payment
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.open_page import Visit, open_page
from quartermaster.usecases.orders.placing.cancel_order import cancel_order
from quartermaster.usecases.orders.placing.submit_order import submit_order
from quartermaster.usecases.orders.wires.choose_wire import choose_wire
from quartermaster.usecases.orders.wires.explain_wire import explain_wire
from quartermaster.usecases.reports.explain_order import ExplainedOrder, explain_order

_PAGES: Final = (MethodKind.PAYPAL, MethodKind.CARD)


@never_cache
@require_safe
def order(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Whoever comes back from a provider's page (`returned`) sees at once what came of it."""
    found = queries.get_of(here.workspace.id, name)
    has_returned = "returned" in request.GET
    if has_returned:
        waiting = queries.find_in_flight(found.id)
        if waiting is not None and waiting.provider:
            complete_payment(here.shell.gateways, waiting, _now(here))
    return _shown(request, here, name, has_returned=has_returned)


@require_POST
def pay(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """In the way that was chosen: on a provider's page, by wire, or with a saved method."""
    found = queries.get_of(here.workspace.id, name)
    way, page = request.POST.get("way", ""), reverse("order", args=[name])
    try:
        if way in _PAGES:
            back = f"{here.shell.origin or request.build_absolute_uri('/').rstrip('/')}{page}"
            visit = Visit(MethodKind(way), f"{back}?returned=1", "is_saved" in request.POST)
            payment = open_page(here.shell.gateways, found, visit, _now(here))
            leaving = {"payment": payment, "method": words.KINDS[MethodKind(way)]}
            return render(request, "console/orders/leaving.html", leaving)
        if way == MethodKind.WIRE:
            choose_wire(here.shell.gateways, found.id, _now(here), here.by)
        else:
            method = billing.get_of(here.workspace.id, way)
            collect_payment(here.shell.gateways, found, _now(here), method)
    except Refusal as no:
        return _shown(request, here, name, no)
    return redirect(page)


@require_POST
def submit(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """A draft is to be paid from now on."""
    return _done(request, here, name, lambda one: submit_order(one.id, here.at, here.by))


@require_POST
def cancel(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """Nothing is to come of it."""
    gateways = here.shell.gateways
    act = lambda one: cancel_order(gateways, one.id, _now(here), here.by)  # noqa: E731
    return _done(request, here, name, act)


def _done(
    request: HttpRequest, here: Here, name: str, act: Callable[[Order], object]
) -> HttpResponse:
    try:
        act(queries.get_of(here.workspace.id, name))
    except Refusal as no:
        return _shown(request, here, name, no)
    return redirect("order", name)


def _now(here: Here) -> Callable[[], datetime]:
    return lambda: here.shell.now(here.workspace)


def _shown(
    request: HttpRequest,
    here: Here,
    name: str,
    refused: Refusal | None = None,
    has_returned: bool = False,
) -> HttpResponse:
    """As it stands now, with what was refused, if something was."""
    if refused is not None and refused.kind == "missing":
        raise refused
    found = explain_order(queries.get_of(here.workspace.id, name))
    shown = {
        "found": found,
        "order": found.order,
        "number": telling.number(found.invoice) if found.invoice else "",
        "status": words.status(found.order),
        "refused": refused,
        "orderer": words.who(found.order.ordered_by),
        "steps": [(one, words.EVENTS[Event(one.event)], words.who(one.by)) for one in found.steps],
        "formats": replace(here.formats, currency=found.order.currency),
        **_attempts(found, has_returned),
        **_ways(found.order, here),
    }
    status = STATUS[refused.kind] if refused else 200
    return render(request, "console/orders/order.html", shown, status=status)


def _attempts(found: ExplainedOrder, has_returned: bool) -> dict[str, Any]:
    """All of them, and what the latest means for whoever looks now. It is confirmed by the bank
    once the buyer has been on the page, or where there is none."""
    last = found.payments[-1] if found.payments else None
    waiting = last if last and last.outcome is None else None
    return {
        "attempts": [(one, words.method(one, ""), words.why(one)) for one in found.payments],
        "disputed": _disputed(found),
        "waiting": waiting,
        "is_confirming": waiting and (has_returned or not waiting.url),
        "declined": _declined(found.order, last),
    }


def _disputed(found: ExplainedOrder) -> tuple[int, str] | None:
    """How much the bank has called back, and what that means."""
    for one in found.payments:
        noted = outside_minor(one, found.refunds)
        if dispute := standing(one.disputed_minor, one.lost_minor, noted):
            return one.disputed_minor, words.DISPUTES[dispute]
    return None


def _declined(order: Order, last: Payment | None) -> str:
    """Why the latest attempt failed, while another may follow."""
    is_shown = order.state in PAYABLE and last and last.outcome == "declined"
    return words.why(last) if is_shown and last and last.code != "canceled" else ""


def _ways(order: Order, here: Here) -> dict[str, Any]:
    """How it can be paid, and what else can be done with it."""
    is_payable = order.state in PAYABLE
    gateways = here.shell.gateways
    saved = billing.methods_of(here.workspace.id) if is_payable else []
    is_wired = order.state == State.PENDING_CLEARANCE
    return {
        "is_payable": is_payable,
        "pages": [(kind, words.KINDS[kind]) for kind in _PAGES if is_payable and gateways.of(kind)],
        "saved": [one for one in saved if one.provider in gateways.names],
        "may_wire": order.state == State.AWAITING_PAYMENT and order.kind in WIRE_KINDS,
        "is_wired": is_wired,
        "wire": explain_wire(order) if is_wired else None,
        "may_cancel": order.state in OPEN and order.kind != "renew",
    }
