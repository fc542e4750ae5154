"""One order: what it is made of, how it stands, and how it can be paid."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.disputes import standing
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import OPEN, PAYABLE, WIRE_KINDS, State
from quartermaster.interfaces.console.access import STATUS, Here, View
from quartermaster.interfaces.console.pages.orders import words
from quartermaster.store.billing import queries as billing
from quartermaster.store.invoices import telling
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.telling import Step, outside_minor
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
    if "returned" in request.GET:
        waiting = queries.find_in_flight(found.id)
        if waiting is not None and waiting.provider:
            complete_payment(here.shell.gateways, waiting, _now(here))
    return _shown(request, here, name)


def _by_post(view: View) -> View:
    """Whoever only looks, as after signing in again or with a page reloaded, is shown the order."""

    @wraps(view)
    def acted(request: HttpRequest, here: Here, name: str) -> HttpResponseBase:
        if request.method in ("GET", "HEAD"):
            return redirect("order", name)
        return view(request, here, name)

    return acted


@_by_post
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


@_by_post
@require_POST
def submit(request: HttpRequest, here: Here, name: str) -> HttpResponse:
    """A draft is to be paid from now on."""
    return _done(request, here, name, lambda one: submit_order(one.id, here.at, here.by))


@_by_post
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
    request: HttpRequest, here: Here, name: str, refused: Refusal | None = None
) -> HttpResponse:
    """As it stands now, with what was refused, if something was."""
    if refused is not None and refused.kind == "missing":
        raise refused
    found = explain_order(queries.get_of(here.workspace.id, name))
    shown = {
        "found": found,
        "order": found.order,
        "number": telling.number(found.invoice) if found.invoice else "",
        "credit_notes": [telling.number(one) for one in found.credit_notes],
        "status": words.status(found.order, found.sums.refunded_minor),
        "refused": refused,
        "orderer": words.who(found.order.ordered_by),
        "steps": _steps(found),
        "formats": replace(here.formats, currency=found.order.currency),
        **_attempts(found, request.GET),
        **_ways(found.order, here),
    }
    status = STATUS[refused.kind] if refused else 200
    return render(request, "console/orders/order.html", shown, status=status)


def _steps(found: ExplainedOrder) -> list[tuple[Step, str, str]]:
    titles = words.steps(found.steps, found.payments)
    both = zip(found.steps, titles, strict=True)
    return [(one, title, words.who(one.by, title)) for one, title in both]


def _attempts(found: ExplainedOrder, asked: QueryDict) -> dict[str, Any]:
    """All of them, what the latest means for whoever looks now, back from a page or not, and what
    came by wire. What the address claims is never taken for true: it says only which page they come
    from."""
    last = found.payments[-1] if found.payments else None
    waiting = last if last and last.outcome is None else None
    has_returned = "returned" in asked
    left = _left(found.payments, asked) if has_returned else None
    return {
        "attempts": [_attempt(one) for one in found.payments],
        "disputed": _disputed(found),
        "waiting": waiting,
        "asked": words.asked(waiting) if waiting else "",
        "has_returned": has_returned,
        "is_closed": left is not None and words.is_given_up(left),
        "declined": _declined(found.order, last),
        "came": words.came(found.order, found.wire),
    }


def _left(payments: list[Payment], asked: QueryDict) -> Payment | None:
    """The attempt on whose page the buyer was: the one that the provider names, else the latest."""
    names = {asked[name] for name in ("reference", "token") if asked.get(name)}
    named = (one for one in payments if one.reference in names)
    return next(named, payments[-1] if payments else None)


def _attempt(one: Payment) -> dict[str, Any]:
    return {
        "payment": one,
        "method": words.method(one, ""),
        "why": words.why(one),
        "is_given_up": words.is_given_up(one),
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
    return words.why(last) if is_shown and last and not words.is_given_up(last) else ""


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
