"""Stripe as far as its reference describes what the adapter uses.

Written from https://docs.stripe.com/api (authentication, errors, idempotent requests, Checkout
Sessions, PaymentIntents, Refunds, PaymentMethods, Disputes), https://docs.stripe.com/webhooks
#verify-manually and https://docs.stripe.com/testing. Parameters that it does not know are refused.
"""

import hashlib
import hmac
import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.loopback import Asked, Loopback, No

Fields = dict[str, str]
Thing = dict[str, Any]

AMOUNT = "line_items[0][price_data][unit_amount]"
CURRENCY = "line_items[0][price_data][currency]"
PAGE_NEEDS = {"mode", "success_url", "cancel_url", "client_reference_id"}
PAGE_NEEDS |= {"allowed_payment_method_types[0]"}
PAGE_MAY = {"customer", "customer_creation", "payment_intent_data[description]"}
PAYMENT_NEEDS = {AMOUNT, "line_items[0][quantity]", CURRENCY}
PAYMENT_NEEDS |= {"line_items[0][price_data][product_data][name]", "adaptive_pricing[enabled]"}
PAYMENT_MAY = {"payment_intent_data[setup_future_usage]"}
CHARGE_NEEDS = {"amount", "currency", "customer", "payment_method", "confirm", "off_session"}
CHARGE_MAY = {"description", "allowed_payment_method_types[0]"}
REFUND_NEEDS = {"payment_intent", "amount"}
LEAST = 50
MESSAGES = {"card_declined": "Your card was declined.", "expired_card": "Your card has expired."}


@dataclass
class StripeStub:
    """`things` by id: what Stripe keeps. `later` is what comes of the next charges of a card, by
    its token: a decline code. `next_status`: what the next charge is in, instead of succeeded."""

    secret_key: str
    webhook_secret: str
    at: int
    things: dict[str, Thing] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)
    next_status: str = "succeeded"
    kept: dict[str, tuple[str, bytes, int, Any]] = field(default_factory=dict)
    events: list[Thing] = field(default_factory=list)
    web: Loopback = field(default_factory=Loopback)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        page, intent = "/v1/checkout/sessions", "/v1/payment_intents"
        one = "/([a-z]+_[A-Za-z0-9]+)"
        for (method, path), step in {
            ("POST", page): self._open,
            ("GET", page): self._list("checkout.session", {"payment_intent"}),
            ("GET", page + one): self._read,
            ("POST", f"{page}{one}/expire"): self._expire,
            ("POST", intent): self._charge,
            ("GET", intent): self._list("payment_intent", {"customer"}),
            ("GET", intent + one): self._read,
            ("POST", f"{intent}{one}/cancel"): self._cancel,
            ("POST", "/v1/refunds"): self._refund,
            ("GET", "/v1/refunds"): self._list("refund", {"payment_intent"}),
            ("GET", "/v1/disputes"): self._list("dispute", {"payment_intent"}),
            ("POST", f"/v1/payment_methods{one}/detach"): self._detach,
        }.items():
            self.web.steps[method, path] = self._guarded(step)

    # What people do.

    def pay(self, page: str) -> None:
        """On a page that is open: with a good card, confirmed by its holder."""
        session = self._open_page(page)
        if session["creates"] and not session["customer"]:
            session["customer"] = self._new("cus", "customer")
        card = self._card(session["customer"])
        if session["mode"] == "setup":
            setup = self._new("seti", "setup_intent", status="succeeded", payment_method=card)
            session["setup_intent"], self.things[setup]["customer"] = setup, session["customer"]
        else:
            intent = self._intent_of(session)
            self._succeed(intent, card)
        session["status"] = "complete"
        self._happened("checkout.session.completed", session)

    def decline(self, page: str, code: str = "card_declined") -> None:
        """On a page that is open: with a card that is declined. The page stays open."""
        session = self._open_page(page)
        if session["mode"] == "payment":
            intent = self._intent_of(session)
            intent |= {"status": "requires_payment_method", "last_payment_error": _error(code)}
            self._happened("payment_intent.payment_failed", intent)

    def settle(self) -> None:
        """What is in processing succeeds."""
        for each in [*self.things.values()]:
            if each["object"] == "payment_intent" and each["status"] == "processing":
                self._succeed(each, each["payment_method"])

    def dispute(self, intent: str, amount: int) -> None:
        """By the card holder's bank."""
        found = self.things[intent]
        self.things[found["latest_charge"]]["disputed"] = True
        new = self._new("du", "dispute", payment_intent=intent, amount=amount)
        self.things[new] |= {"status": "needs_response", "charge": found["latest_charge"]}
        self._happened("charge.dispute.created", self.things[new])

    def signed(self, event: Thing, at: int) -> tuple[dict[str, str], bytes]:
        """A delivery of an event."""
        body = json.dumps(event).encode()
        told = hmac.new(self.webhook_secret.encode(), b"%d.%s" % (at, body), hashlib.sha256)
        return {"stripe-signature": f"t={at},v1={told.hexdigest()}"}, body

    # What the adapter asks.

    def _guarded(self, step: Any) -> Any:
        def answered(asked: Asked, *names: str) -> tuple[int, Any]:
            if asked.headers.get("authorization") != f"Bearer {self.secret_key}":
                told = asked.headers.get("authorization", "")
                raise _no(401, "invalid_request_error", f"Invalid API Key provided: {told}")
            if asked.method != "POST":
                return 200, step(asked, *names)
            form = "application/x-www-form-urlencoded"
            assert not asked.body or asked.headers["content-type"] == form
            return self._once(asked, step, names)

        return answered

    def _once(self, asked: Asked, step: Any, names: Iterable[str]) -> tuple[int, Any]:
        key = asked.headers.get("idempotency-key", "")
        if key in self.kept:
            path, body, status, told = self.kept[key]
            if (path, body) != (asked.path, asked.body):
                raise _no(400, "idempotency_error", "Keys can only be used with the same request.")
            return status, told
        try:
            status, told = 200, json.loads(json.dumps(step(asked, *names)))
        except No as no:
            status, told = no.status, no.body
        self.kept[key] = asked.path, asked.body, status, told
        return status, told

    def _open(self, asked: Asked) -> Thing:
        fields = _fields(asked)
        is_setup = fields.get("mode") == "setup"
        needs = PAGE_NEEDS | (set() if is_setup else PAYMENT_NEEDS)
        _check(fields, needs, PAGE_MAY | (set() if is_setup else PAYMENT_MAY))
        amount = 0 if is_setup else _amount(fields[AMOUNT], fields[CURRENCY])
        payer = fields.get("customer")
        if payer and self.things.get(payer, {}).get("object") != "customer":
            raise _missing("customer", f"No such customer: '{payer}'")
        new = self._new("cs", "checkout.session", mode=fields["mode"], status="open")
        self.things[new] |= {
            "url": f"{self.web.address}/pay/{new}",
            "amount_total": amount,
            "currency": fields.get(CURRENCY),
            "customer": payer,
            "creates": fields.get("customer_creation") == "always",
            "payment_intent": None,
            "setup_intent": None,
            "metadata": _within(fields, "metadata"),
            "asked": fields,
        }
        return self._shown(self.things[new])

    def _expire(self, asked: Asked, page: str) -> Thing:
        session = self._open_page(page)
        session["status"] = "expired"
        self._happened("checkout.session.expired", session)
        return self._shown(session)

    def _charge(self, asked: Asked) -> Thing:
        fields = _fields(asked)
        _check(fields, CHARGE_NEEDS, CHARGE_MAY | {"expand[0]"})
        assert fields["confirm"] == fields["off_session"] == "true"
        amount, currency = _amount(fields["amount"], fields["currency"]), fields["currency"]
        card = self.things.get(fields["payment_method"], {})
        if not card.get("customer") or card["customer"] != fields["customer"]:
            raise _missing("payment_method", "No such PaymentMethod")
        intent = self._new_intent(amount, currency, _within(fields, "metadata"))
        intent |= {"customer": fields["customer"], "payment_method": card["id"]}
        if code := self.later.get(card["id"]):
            intent |= {"status": "requires_payment_method", "last_payment_error": _error(code)}
            raise No(402, {"error": {**_error(code), "payment_intent": {"id": intent["id"]}}})
        if self.next_status == "processing":
            self.next_status = "succeeded"
            intent["status"] = "processing"
        else:
            self._succeed(intent, card["id"])
        return self._shown(intent, asked)

    def _cancel(self, asked: Asked, name: str) -> Thing:
        intent = self._get(name)
        if intent["status"] in ("succeeded", "processing", "canceled"):
            raise _no(400, "invalid_request_error", "You cannot cancel this PaymentIntent.")
        intent["status"] = "canceled"
        return self._shown(intent)

    def _refund(self, asked: Asked) -> Thing:
        fields = _fields(asked)
        _check(fields, REFUND_NEEDS, set())
        charge = self.things[self._get(fields["payment_intent"])["latest_charge"] or ""]
        amount = _amount(fields["amount"])
        if charge["amount_refunded"] + amount > charge["amount"]:
            raise _no(400, "invalid_request_error", "Refund amount is greater than what is left.")
        charge["amount_refunded"] += amount
        new = self._new("re", "refund", amount=amount, payment_intent=fields["payment_intent"])
        self.things[new] |= {"status": "succeeded", "metadata": _within(fields, "metadata")}
        listed = self.things[charge["refunds"]]
        listed |= {"data": [self.things[new], *listed["data"]][:10]}
        listed["has_more"] = listed["has_more"] or len(listed["data"]) == 10
        self._happened("charge.refunded", charge)
        return self.things[new]

    def _detach(self, asked: Asked, card: str) -> Thing:
        found = self._get(card)
        if not found["customer"]:
            raise _no(400, "invalid_request_error", "It is not attached to a customer.")
        found["customer"] = None
        return found

    def _read(self, asked: Asked, name: str) -> Thing:
        return self._shown(self._get(name), asked)

    def _list(self, kind: str, filters: set[str]) -> Any:
        def listed(asked: Asked) -> Thing:
            paging = {"limit", "starting_after", "created[gte]", "created[lt]"}
            _check(asked.query, set(), filters | paging)
            wanted = [(name, asked.query[name]) for name in filters if name in asked.query]
            low = int(asked.query.get("created[gte]", 0))
            high = int(asked.query.get("created[lt]", 2**40))
            found = [
                each
                for each in reversed(self.things.values())
                if each["object"] == kind and low <= each["created"] < high
                if all(each[name] == value for name, value in wanted)
            ]
            if after := asked.query.get("starting_after"):
                found = found[[each["id"] for each in found].index(after) + 1 :]
            limit = int(asked.query.get("limit", 10))
            shown = [self._shown(each, asked, "data.") for each in found[:limit]]
            more = len(found) > limit
            return {"object": "list", "url": asked.path, "data": shown, "has_more": more}

        return listed

    # What it keeps.

    def _new(self, prefix: str, kind: str, **more: Any) -> str:
        new = f"{prefix}_{next(self._numbers):06}"
        self.things[new] = {"id": new, "object": kind, "created": self.at, "metadata": {}, **more}
        return new

    def _get(self, name: str) -> Thing:
        if name not in self.things:
            raise _no(404, "invalid_request_error", f"No such object: {name}", "resource_missing")
        return self.things[name]

    def _open_page(self, name: str) -> Thing:
        session = self._get(name)
        if session["status"] != "open":
            words = 'Only Checkout Sessions with a status in ["open"] can be expired.'
            raise _no(400, "invalid_request_error", words)
        return session

    def _new_intent(self, amount: int, currency: str, metadata: Fields) -> Thing:
        new = self._new("pi", "payment_intent", amount=amount, currency=currency)
        intent = self.things[new]
        intent |= {"status": "requires_payment_method", "metadata": metadata, "customer": None}
        intent |= {"latest_charge": None, "payment_method": None, "last_payment_error": None}
        intent |= {"setup_future_usage": None, "client_secret": f"{new}_secret"}
        return intent

    def _intent_of(self, session: Thing) -> Thing:
        if not session["payment_intent"]:
            fields = session["asked"]
            named = _within(fields, "payment_intent_data[metadata]")
            intent = self._new_intent(session["amount_total"], session["currency"], named)
            usage = fields.get("payment_intent_data[setup_future_usage]")
            intent |= {"setup_future_usage": usage, "customer": session["customer"]}
            session["payment_intent"] = intent["id"]
        found: Thing = self.things[session["payment_intent"]]
        found["customer"] = session["customer"]
        return found

    def _succeed(self, intent: Thing, card: str) -> None:
        charge = self._new("ch", "charge", amount=intent["amount"], payment_intent=intent["id"])
        refunds = self._new("list", "list", data=[], has_more=False)
        self.things[charge] |= {"amount_refunded": 0, "disputed": False, "refunds": refunds}
        intent |= {"status": "succeeded", "payment_method": card, "latest_charge": charge}
        intent["last_payment_error"] = None
        self._happened("payment_intent.succeeded", intent)

    def _card(self, customer: str | None) -> str:
        shown = {"brand": "visa", "last4": "4242", "exp_month": 2, "exp_year": 2028}
        return self._new("pm", "payment_method", type="card", customer=customer, card=shown)

    def _happened(self, kind: str, thing: Thing) -> None:
        number = next(self._numbers)
        told = {"id": f"evt_{number:06}", "object": "event", "type": kind, "created": self.at}
        self.events.append({**told, "data": {"object": self._shown(thing)}})

    def _shown(self, thing: Thing, asked: Asked | None = None, before: str = "") -> Thing:
        shown = {name: value for name, value in thing.items() if name not in ("asked", "creates")}
        told = {**asked.query, **_fields(asked)} if asked else {}
        paths = [value for name, value in told.items() if re.fullmatch(r"expand\[\d+\]", name)]
        for path in sorted(paths):
            self._expand(shown, path.removeprefix(before).split("."))
        return json.loads(json.dumps(shown))  # type: ignore[no-any-return]

    def _expand(self, shown: Thing, names: list[str]) -> None:
        value = shown.get(names[0])
        if isinstance(value, str):
            value = shown[names[0]] = dict(self.things[value])
        if value and names[1:]:
            self._expand(value, names[1:])


def _fields(asked: Asked) -> Fields:
    return dict(parse_qsl(asked.body.decode(), strict_parsing=bool(asked.body)))


def _within(fields: Fields, name: str) -> Fields:
    start = f"{name}["
    return {key[len(start) : -1]: text for key, text in fields.items() if key.startswith(start)}


def _check(fields: Fields, needs: set[str], may: set[str]) -> None:
    free = re.compile(r"(payment_intent_data\[metadata\]|metadata|expand)\[\w+\]")
    for name in sorted(needs - fields.keys()):
        raise _no(400, "invalid_request_error", f"Missing required param: {name}.")
    for name in sorted(fields.keys() - needs - may):
        if not free.fullmatch(name):
            raise _no(400, "invalid_request_error", f"Received unknown parameter: {name}")


def _amount(text: str, currency: str = "") -> int:
    if not re.fullmatch("[1-9][0-9]{0,7}", text):
        raise _no(400, "invalid_request_error", f"Invalid integer: {text}")
    if currency == "usd" and int(text) < LEAST:
        words = "Amount must be at least $0.50 usd"
        raise _no(400, "invalid_request_error", words, "amount_too_small")
    return int(text)


def _error(code: str) -> Thing:
    words = MESSAGES.get(code, "Your card was declined.")
    own = ("expired_card", "processing_error", "authentication_required")
    own += ("payment_intent_authentication_failure",)
    told = {"code": code} if code in own else {"code": "card_declined", "decline_code": code}
    return {"type": "card_error", "message": words, **told}


def _missing(param: str, words: str) -> No:
    error = {"type": "invalid_request_error", "message": words, "code": "resource_missing"}
    return No(400, {"error": {**error, "param": param}})


def _no(status: int, kind: str, words: str, code: str = "") -> No:
    return No(status, {"error": {"type": kind, "message": words, "code": code or None}})
