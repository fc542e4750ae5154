"""The pages on which buyers pay."""

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect, render

from payment_sandbox import cards, money, refusals
from payment_sandbox.acts import paying
from payment_sandbox.bank import wires
from payment_sandbox.store import payments, settings
from payment_sandbox.store.payments import Payment
from payment_sandbox.web import running
from payment_sandbox.web.pages.forms import CardForm, LoginForm, PasswordForm

View = Callable[[HttpRequest, str], HttpResponse]

_TEMPLATES: Final = {
    ("card", "open"): "card.html",
    ("card", "confirming"): "confirm.html",
    ("paypal", "open"): "login.html",
    ("paypal", "confirming"): "approve.html",
    ("wire", "open"): "wire.html",
}
_FORMS: Final[dict[str, type[Form]]] = {
    "card.html": CardForm,
    "confirm.html": PasswordForm,
    "login.html": LoginForm,
}


class SeeOther(HttpResponseRedirectBase):
    """To a page that is read, whatever led here."""

    status_code = 303


def _posted(view: View) -> View:
    """By POST, for a payment that there is."""

    @functools.wraps(view)
    def checked(request: HttpRequest, key: str) -> HttpResponse:
        if request.method != "POST":
            return redirect("pay", key)
        try:
            return view(request, key)
        except refusals.Refusal as no:
            return _missing(request, no)

    return checked


def show(request: HttpRequest, key: str) -> HttpResponse:
    """What is to be done next, or what came of it."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        payment = payments.get(running.here().store.reading(), key)
        if payment.purpose == "charge":
            raise refusals.missing("page")
        return _page(request, payment)
    except refusals.Refusal as no:
        return _missing(request, no)


@_posted
def card(request: HttpRequest, key: str) -> HttpResponse:
    """The card's number, holder, expiry and CVV."""
    form, at = CardForm(request.POST), datetime.now(UTC)
    form.today = at.date()
    if not form.is_valid():
        return _again(request, key, form)
    number, expires = form.cleaned_data["number"], form.cleaned_data["expiry"]
    with running.here().store.writing() as db:
        paid = paying.pay_by_card(db, key, number, expires, at)
    return _onwards(paid)


@_posted
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """The one-time password."""
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _again(request, key, form)
    with running.here().store.writing() as db:
        password = form.cleaned_data["password"].strip()
        paid = paying.confirm(db, key, password, datetime.now(UTC))
    if paid.state == "confirming":
        left = paying.TRIES - paid.tries
        words = f"This password is wrong. You can try {'once' if left == 1 else 'twice'} more."
        form.add_error("password", words)
        return _page(request, paid, form)
    return _onwards(paid)


@_posted
def log_in(request: HttpRequest, key: str) -> HttpResponse:
    """Into an account of the wallet."""
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _again(request, key, form)
    with running.here().store.writing() as db:
        paid = paying.log_in(db, key, form.cleaned_data["email"], datetime.now(UTC))
    return _onwards(paid)


@_posted
def approve(request: HttpRequest, key: str) -> HttpResponse:
    """By who has logged in."""
    with running.here().store.writing() as db:
        return _onwards(paying.approve(db, key, datetime.now(UTC)))


@_posted
def start_over(request: HttpRequest, key: str) -> HttpResponse:
    """With another card or account."""
    with running.here().store.writing() as db:
        return _onwards(paying.start_over(db, key, datetime.now(UTC)))


@_posted
def turn_back(request: HttpRequest, key: str) -> HttpResponse:
    """The buyer does not want to."""
    with running.here().store.writing() as db:
        return _onwards(paying.turn_back(db, key, datetime.now(UTC)))


def return_url(payment: Payment) -> str:
    """Where the buyer goes afterwards, with a hint of what came of it. It is a hint only: whoever
    gets it looks the payment up."""
    parts = urlsplit(payment.return_url)
    is_back = payment.code == "not_confirmed" and payment.tries < paying.TRIES
    state = {"open": "pending", "confirming": "pending"}.get(payment.state, payment.state)
    hint = {"reference": payment.id, "status": "turned_back" if is_back else state}
    query = [*parse_qsl(parts.query, keep_blank_values=True), *hint.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _onwards(payment: Payment) -> HttpResponse:
    """Back to the shop once there is nothing left to do here."""
    if payment.state in payments.PAYABLE or not payment.return_url:
        return redirect("pay", payment.id)
    return SeeOther(return_url(payment))


def _again(request: HttpRequest, key: str, form: Form) -> HttpResponse:
    """The form with what is wrong beside its fields; if it is still the one that is asked for."""
    payment = payments.get(running.here().store.reading(), key)
    if _FORMS.get(_template(payment)) is not type(form):
        return _onwards(payment)
    return _page(request, payment, form)


def _page(request: HttpRequest, payment: Payment, form: Form | None = None) -> HttpResponse:
    template = _template(payment)
    asked = _FORMS.get(template)
    merchant = settings.merchant(running.here().store.reading())
    shown: dict[str, Any] = {
        "payment": payment,
        "amount": "" if payment.is_setup else money.words(payment.amount_minor, payment.currency),
        "form": form or (asked() if asked else None),
        "who": payment.who,
        "shop": merchant.name or urlsplit(payment.return_url).netloc,
        "return_url": return_url(payment),
        "test_cards": cards.TEST_CARDS,
        "accounts": paying.ACCOUNTS,
        "bank": wires,
        "arrived": _arrived(payment),
    }
    return render(request, f"paying/{template}", shown, status=422 if form else 200)


def _arrived(payment: Payment) -> str:
    if payment.kind != "wire":
        return ""
    entries = wires.entries_of(running.here().store.reading(), payment.id)
    return " and ".join(money.words(one.amount_minor, one.currency) for one in entries)


def _template(payment: Payment) -> str:
    return _TEMPLATES.get((payment.kind, payment.state), "outcome.html")


def _missing(request: HttpRequest, no: refusals.Refusal) -> HttpResponse:
    return render(request, "missing.html", {"words": no.detail}, status=no.status)
