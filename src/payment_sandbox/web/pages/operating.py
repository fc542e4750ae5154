"""The pages of whoever plays with the sandbox."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from payment_sandbox import money, refusals
from payment_sandbox.acts import giving_back, opening, settling
from payment_sandbox.bank import wires
from payment_sandbox.notices import outbox
from payment_sandbox.store import database, payments, settings
from payment_sandbox.store.payments import Payment
from payment_sandbox.web import running
from payment_sandbox.web.pages.forms import AmountForm, FaultsForm, LaterForm, WireForm

_ROWS: Final = 50
_KINDS: Final = {"card": "Card", "paypal": "PayPal", "wire": "Wire"}
_PURPOSES: Final = {"checkout": "", "charge": ", saved", "setup": ", to save"}
Db = sqlite3.Connection


def list_payments(request: HttpRequest) -> HttpResponse:
    """Newest first, fifty at a time."""
    before = request.GET.get("before") or "9999"
    order = "created_at < ? order by created_at desc limit ?"
    found = payments.select(running.here().store.reading(), order, before, _ROWS + 1)
    rows = [_row(one) for one in found[:_ROWS]]
    older = found[_ROWS - 1].created_at if len(found) > _ROWS else ""
    return render(
        request, "operating/payments.html", {"here": "payments", "rows": rows, "older": older}
    )


def show_payment(request: HttpRequest, key: str) -> HttpResponse:
    """One payment, what became of its money, and what may be done with it."""
    try:
        if request.method == "POST":
            return _act(request, key)
        return _payment(request, key)
    except refusals.Refusal as no:
        return render(request, "missing.html", {"words": no.detail}, status=no.status)


def bank(request: HttpRequest) -> HttpResponse:
    """Wires that are expected, and money that arrives."""
    if request.method != "POST":
        return _bank(request, WireForm(initial=request.GET.dict()))
    if "payment" in request.POST:
        with running.here().store.writing() as db:
            _let_arrive(db, request.POST)
        return redirect("bank")
    form = WireForm(request.POST)
    if not form.is_valid():
        return _bank(request, form)
    asked = form.cleaned_data
    wire = wires.Wire(asked["amount"], asked["currency"], asked["reference"], asked["payer"])
    with running.here().store.writing() as db:
        wires.arrive(db, wire, datetime.now(UTC))
    return redirect("bank")


def faults(request: HttpRequest) -> HttpResponse:
    """What goes wrong with notices, and what was sent."""
    store = running.here().store
    form = FaultsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with store.writing() as db:
            settings.keep(db, settings.Faults(**form.cleaned_data))
        return redirect("faults")
    db = store.reading()
    shown = {
        "here": "faults",
        "form": form if form.is_bound else FaultsForm(initial=vars(settings.faults(db))),
        "url": settings.sending(db).url,
        "deliveries": [_delivery(row) for row in outbox.recent(db, _ROWS)],
    }
    return render(request, "operating/faults.html", shown, status=422 if form.is_bound else 200)


def _act(request: HttpRequest, key: str) -> HttpResponse:
    """What the pressed button says; a button that no longer fits does nothing."""
    at, pressed = datetime.now(UTC), request.POST.get("act", "")
    if pressed in ("refund", "dispute"):
        return _give_back(request, key, pressed)
    with running.here().store.writing() as db:
        if act := _ACTS.get(pressed):
            act(db, key, at)
        elif pressed in ("won", "lost"):
            dispute = request.POST.get("dispute", "")
            giving_back.close(db, dispute, at, is_won=pressed == "won")
        elif pressed == "later" and (form := LaterForm(request.POST)).is_valid():
            method = payments.get(db, key).method
            database.update(db, "method", method or "", **form.cleaned_data)
    return redirect("payment", key)


def _give_back(request: HttpRequest, key: str, pressed: str) -> HttpResponse:
    store = running.here().store
    form = AmountForm(request.POST)
    form.currency = payments.get(store.reading(), key, is_setup=False).currency
    if not form.is_valid():
        return _payment(request, key, form)
    act = giving_back.refund if pressed == "refund" else giving_back.dispute
    try:
        with store.writing() as db:
            act(db, key, form.cleaned_data["amount"], "by the operator", datetime.now(UTC))
    except refusals.Refusal as no:
        form.add_error("amount", no.detail[:1].upper() + no.detail[1:] + ".")
        return _payment(request, key, form)
    return redirect("payment", key)


def _payment(request: HttpRequest, key: str, form: Form | None = None) -> HttpResponse:
    db = running.here().store.reading()
    one = payments.get(db, key)
    saved = payments.find_method(db, one.method)
    left = f"{money.decimal(one.left_minor, one.currency):f}" if one.left_minor else ""
    shown = {
        "here": "payments",
        **_row(one),
        "who": one.who,
        "refunds": [_priced(each, one.currency) for each in giving_back.refunds(db, key)],
        "disputes": [_priced(each, one.currency) for each in giving_back.disputes(db, key)],
        "entries": [_priced(each, each.currency) for each in wires.entries_of(db, key)],
        "form": form or AmountForm(initial={"amount": left}),
        "saved": saved,
        "later": LaterForm(initial={"later": saved.later}) if saved else None,
    }
    return render(request, "operating/payment.html", shown, status=422 if form else 200)


def _bank(request: HttpRequest, form: WireForm) -> HttpResponse:
    db = running.here().store.reading()
    entries = wires.entries(db, "", "9999")[::-1][:_ROWS]
    shown = {
        "here": "bank",
        "rows": [_row(one) for one in wires.expected(db)],
        "entries": [_priced(each, each.currency) for each in entries],
        "form": form,
        "bank": wires,
    }
    return render(request, "operating/bank.html", shown, status=422 if form.is_bound else 200)


def _let_arrive(db: Db, pressed: QueryDict) -> None:
    """In full, in part (a half), over (by a tenth), or never."""
    one = payments.find(db, str(pressed["payment"]))
    if one is None or not one.is_awaited:
        return
    amounts = {
        "full": one.amount_minor,
        "part": max(1, one.amount_minor // 2),
        "over": one.amount_minor + max(1, one.amount_minor // 10),
    }
    if (how := pressed.get("how")) == "never":
        wires.never(db, one.id)
    elif how in amounts:
        wire = wires.Wire(amounts[how], one.currency, one.wire_reference)
        wires.arrive(db, wire, datetime.now(UTC))


def _row(one: Payment) -> dict[str, Any]:
    amount = "" if one.is_setup else money.words(one.amount_minor, one.currency)
    return {
        "payment": one,
        "how": _KINDS[one.kind] + _PURPOSES[one.purpose],
        "amount": amount,
        "at": _minute(one.created_at),
        "refunded": money.words(one.refunded_minor, one.currency) if one.refunded_minor else "",
        "disputed": money.words(one.disputed_minor, one.currency) if one.disputed_minor else "",
    }


def _priced(one: Any, currency: str) -> dict[str, Any]:
    at = getattr(one, "created_at", "") or getattr(one, "booked_at", "")
    return {"one": one, "amount": money.words(one.amount_minor, currency), "at": _minute(at)}


def _delivery(row: sqlite3.Row) -> dict[str, Any]:
    is_money = row["reference"].startswith("bank_")
    address = reverse("bank") if is_money else reverse("payment", args=[row["reference"]])
    return {**row, "at": _minute(row["created_at"]), "address": address}


def _minute(at: str) -> str:
    return f"{datetime.fromisoformat(at):%-d %b %Y, %H:%M} UTC"


def _pay(db: Db, key: str, at: datetime) -> None:
    opening.release(db, key, at, is_paid=True)


def _fail(db: Db, key: str, at: datetime) -> None:
    opening.release(db, key, at, is_paid=False)


def _cancel(db: Db, key: str, at: datetime) -> None:
    settling.cancel(db, payments.get(db, key), at)


_ACTS: Final[dict[str, Callable[[Db, str, datetime], None]]] = {
    "pay": _pay,
    "fail": _fail,
    "cancel": _cancel,
}
