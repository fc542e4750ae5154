"""PayPal as far as its reference describes what the adapter uses.

Written from https://developer.paypal.com/docs/api/orders/v2/, /docs/api/payments/v2/,
/docs/api/payment-tokens/v3/, /docs/api/webhooks/v1/, /docs/api/transaction-search/v1/,
/docs/api/customer-disputes/v1/ and https://developer.paypal.com/api/rest/ (authentication,
requests, idempotency, currency codes). Fields that it does not know are refused.
"""

import base64
import hashlib
import hmac
import itertools
import json
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.loopback import Asked, Loopback, No
from tests.fakes.paypal_stub import reports, shapes
from tests.fakes.paypal_stub.shapes import amount, missing, refused

Thing = dict[str, Any]
SIGNING = b"PayPal's own key"

ISSUES = ("INSTRUMENT_DECLINED", "TRANSACTION_REFUSED")


@dataclass
class PayPalStub:
    """`orders`, `setups` and `tokens` by id. `later` is what charges of a token end in: an issue,
    or a processor's response code. `next_status`: what the next capture is in. `next_issue`: the
    next POST is carried out, and answered by this issue. `more_rows`: of the report."""

    client_id: str
    secret: str
    webhook_id: str
    at: datetime
    orders: dict[str, Thing] = field(default_factory=dict)
    setups: dict[str, Thing] = field(default_factory=dict)
    tokens: dict[str, Thing] = field(default_factory=dict)
    disputes: list[Thing] = field(default_factory=list)
    later: dict[str, str] = field(default_factory=dict)
    next_status: str = "COMPLETED"
    bearer: str = "A21AA-stubbed-token-1"
    tokens_given: int = 0
    most_rows: int = 500
    most_items: int = 10_000
    more_rows: list[Thing] = field(default_factory=list)
    next_issue: str = ""
    kept: dict[tuple[str, str], Thing] = field(default_factory=dict)
    events: list[Thing] = field(default_factory=list)
    web: Loopback = field(default_factory=Loopback)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        one = "/([A-Z0-9-]+)"
        orders, vault = "/v2/checkout/orders", "/v3/vault"
        self.web.steps["POST", "/v1/oauth2/token"] = self._authorize
        for (method, path), step in {
            ("POST", orders): self._create,
            ("GET", orders + one): lambda asked, name: (200, self._order(name)),
            ("PATCH", orders + one): self._patch,
            ("POST", f"{orders}{one}/capture"): self._capture,
            ("GET", "/v2/payments/captures" + one): lambda asked, name: (200, self._taken(name)),
            ("POST", f"/v2/payments/captures{one}/refund"): self._refund,
            ("POST", f"{vault}/setup-tokens"): self._setup,
            ("GET", f"{vault}/setup-tokens{one}"): self._read_setup,
            ("POST", f"{vault}/payment-tokens"): self._tokenize,
            ("DELETE", f"{vault}/payment-tokens{one}"): self._delete,
            ("GET", "/v1/customer/disputes"): self._list_disputes,
            ("GET", "/v1/customer/disputes" + one): self._read_dispute,
            ("GET", "/v1/reporting/transactions"): self._report,
            ("POST", "/v1/notifications/verify-webhook-signature"): self._verify,
        }.items():
            self.web.steps[method, path] = self._guarded(step)

    # What people do.

    def approve(self, page: str, declined: str = "") -> None:
        """Logs in and agrees. `declined` is what capturing it will end in."""
        if page in self.setups:
            self.setups[page]["status"] = "APPROVED"
            return
        order = self.orders[page]
        order |= {"status": "APPROVED", "declined": declined}
        order["payment_source"]["paypal"]["email_address"] = "buyer@example.com"
        self._happened("CHECKOUT.ORDER.APPROVED", self._shown(order))

    def settle(self) -> None:
        """What is pending is credited."""
        for order in self.orders.values():
            for each in _payments(order)["captures"]:
                if each["status"] == "PENDING":
                    each["status"] = "COMPLETED"
                    self._happened("PAYMENT.CAPTURE.COMPLETED", each)

    def dispute(self, order: str, amount: str) -> None:
        """By the payer."""
        capture = _payments(self.orders[order])["captures"][-1]["id"]
        new = self._new("PP-D")
        found = {"dispute_id": new, "status": "OPEN", "reason": "UNAUTHORISED"}
        found |= {"dispute_amount": {"currency_code": "USD", "value": amount}}
        found["disputed_transactions"] = [{"seller_transaction_id": capture}]
        self.disputes.append(found)
        self._happened("CUSTOMER.DISPUTE.CREATED", found)

    def signed(self, event: Thing, at: datetime) -> tuple[dict[str, str], bytes]:
        """A delivery of an event."""
        body = json.dumps(event, indent=1).encode()
        stamp, number = at.isoformat().replace("+00:00", "Z"), f"tr-{event['id']}"
        return {
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": f"{self.web.address}/v1/notifications/certs/CERT-1",
            "paypal-transmission-id": number,
            "paypal-transmission-time": stamp,
            "paypal-transmission-sig": self._signature(number, stamp, body),
        }, body

    # What the adapter asks.

    def _authorize(self, asked: Asked) -> tuple[int, Any]:
        pair = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {pair}":
            told = asked.headers.get("authorization")
            raise No(401, {"error": "invalid_client", "error_description": f"{told} {self.secret}"})
        assert dict(parse_qsl(asked.body.decode())) == {"grant_type": "client_credentials"}
        self.tokens_given += 1
        token = {"access_token": self.bearer, "token_type": "Bearer", "expires_in": 32_400}
        return 200, token

    def _guarded(self, step: Any) -> Any:
        def answered(asked: Asked, *names: str) -> tuple[int, Any]:
            if asked.headers.get("authorization") != f"Bearer {self.bearer}":
                raise No(401, {"error": "invalid_token", "error_description": "not valid"})
            if asked.body:
                assert asked.headers["content-type"] == "application/json"
            answer: tuple[int, Any] = step(asked, *names)
            if asked.method == "POST" and self.next_issue:
                issue, self.next_issue = self.next_issue, ""
                raise refused(issue, "The same was asked for before.")
            return answer

        return answered

    def _create(self, asked: Asked) -> tuple[int, Any]:
        body, key = shapes.body(asked, shapes.ORDER), _key(asked)
        if ("order", key) in self.kept:
            return 200, self._shown(self.kept["order", key])
        unit, wallet = body["purchase_units"][0], body["payment_source"]["paypal"]
        amount(unit["amount"])
        shapes.short(unit, "description", 127)
        assert body["intent"] == "CAPTURE"
        order = {"id": self._new("ORD"), "intent": "CAPTURE", "status": "PAYER_ACTION_REQUIRED"}
        order |= {"purchase_units": [unit], "payment_source": {"paypal": wallet}, "at": self.at}
        if token := wallet.get("vault_id"):
            self._charge(order, token)
        else:
            assert wallet["experience_context"]["return_url"].startswith("https://")
            href = f"{self.web.address}/checkoutnow?token={order['id']}"
            order["links"] = [{"rel": "payer-action", "href": href, "method": "GET"}]
        self.orders[order["id"]] = self.kept["order", key] = order
        return 201, self._shown(order)

    def _charge(self, order: Thing, token: str) -> None:
        if token not in self.tokens:
            raise refused("TOKEN_ID_NOT_FOUND", "The token is not in the vault.")
        later = self.later.get(token, "")
        if later == "PAYER_ACTION_REQUIRED":
            return
        if later in ISSUES:
            raise refused(later, "The instrument was declined.")
        self._take(order, later)

    def _capture(self, asked: Asked, name: str) -> tuple[int, Any]:
        shapes.body(asked, {})
        order, key = self._found(name), _key(asked)
        if ("capture", key) in self.kept:
            return 200, self._shown(self.kept["capture", key])
        if order["status"] == "COMPLETED":
            raise refused("ORDER_ALREADY_CAPTURED", "Order already captured.")
        if order["status"] != "APPROVED":
            raise refused("ORDER_NOT_APPROVED", "Payer has not yet approved the Order.")
        if order["declined"]:
            raise refused(order["declined"], "The instrument was declined.")
        self._take(order, "")
        attributes = order["payment_source"]["paypal"].get("attributes") or {}
        if "vault" in attributes:
            token = self._vaulted((attributes.get("customer") or {}).get("id"))
            vault = {"id": token["id"], "status": "VAULTED", "customer": token["customer"]}
            order["payment_source"]["paypal"]["attributes"] = {"vault": vault}
        self.kept["capture", key] = order
        return 201, self._shown(order)

    def _take(self, order: Thing, code: str) -> None:
        unit = order["purchase_units"][0]
        taken = [
            each
            for other in self.orders.values()
            if other["purchase_units"][0].get("invoice_id") == unit.get("invoice_id")
            for each in _payments(other)["captures"]
            if each["status"] != "DECLINED"
        ]
        if unit.get("invoice_id") and taken:
            raise refused("DUPLICATE_INVOICE_ID", "Duplicate Invoice ID detected.")
        capture = {"id": self._new("CAP"), "amount": unit["amount"], "status": self.next_status}
        capture |= {"invoice_id": unit.get("invoice_id"), "custom_id": unit.get("custom_id")}
        capture["create_time"] = self.at.isoformat()
        capture["supplementary_data"] = {"related_ids": {"order_id": order["id"]}}
        if code:
            capture |= {"status": "DECLINED", "processor_response": {"response_code": code}}
        self.next_status = "COMPLETED"
        order["status"] = "COMPLETED"
        _payments(order)["captures"].append(capture)
        self._happened(f"PAYMENT.CAPTURE.{capture['status']}", capture)

    def _patch(self, asked: Asked, name: str) -> tuple[int, Any]:
        order = self._found(name)
        if order["status"] == "COMPLETED":
            raise refused("ORDER_ALREADY_COMPLETED", "The order cannot be patched.")
        for each in json.loads(asked.body):
            assert each["op"] == "replace"
            assert each["path"] == "/purchase_units/@reference_id=='default'/custom_id"
            if order["purchase_units"][0]["reference_id"] != "default":
                raise refused("INVALID_PATCH_OPERATION", "There is no such purchase unit.")
            order["purchase_units"][0]["custom_id"] = each["value"]
        return 204, None

    def _refund(self, asked: Asked, name: str) -> tuple[int, Any]:
        body, key = shapes.body(asked, shapes.REFUND), _key(asked)
        shapes.short(body, "note_to_payer", 255)
        if ("refund", key) in self.kept:
            return 200, self.kept["refund", key]
        capture = self._taken(name)
        order = self._found(capture["supplementary_data"]["related_ids"]["order_id"])
        given = _payments(order)["refunds"]
        back = sum(amount(each["amount"]) for each in given) + amount(body["amount"])
        if back > amount(capture["amount"]):
            raise refused("REFUND_AMOUNT_EXCEEDED", "The refund is more than is left.")
        whole = back == amount(capture["amount"])
        capture["status"] = "REFUNDED" if whole else "PARTIALLY_REFUNDED"
        up = {"rel": "up", "href": f"{self.web.address}/v2/payments/captures/{name}"}
        refund = {"id": self._new("REF"), "status": "COMPLETED", "links": [up], **body}
        refund["create_time"] = self.at.isoformat()
        given.append(refund)
        self.kept["refund", key] = refund
        self._happened("PAYMENT.CAPTURE.REFUNDED", refund)
        return 201, refund

    def _setup(self, asked: Asked) -> tuple[int, Any]:
        body, key = shapes.body(asked, shapes.SETUP), _key(asked)
        if ("setup", key) not in self.kept:
            setup = {"id": self._new("SET"), "status": "PAYER_ACTION_REQUIRED"}
            href = f"{self.web.address}/agreements/approve?approval_session_id={setup['id']}"
            setup |= {"customer": body.get("customer"), "links": [{"rel": "approve", "href": href}]}
            self.setups[setup["id"]] = self.kept["setup", key] = setup
        return 201, self.kept["setup", key]

    def _read_setup(self, asked: Asked, name: str) -> tuple[int, Any]:
        if name not in self.setups:
            raise missing()
        return 200, self.setups[name]

    def _tokenize(self, asked: Asked) -> tuple[int, Any]:
        token, key = shapes.body(asked, shapes.TOKEN)["payment_source"]["token"], _key(asked)
        assert token["type"] == "SETUP_TOKEN"
        setup = self.setups[token["id"]]
        if ("token", key) not in self.kept:
            if setup["status"] != "APPROVED":
                raise refused("SETUP_TOKEN_NOT_APPROVED", "It was not approved, or used before.")
            setup["status"] = "VAULTED"
            made = self._vaulted((setup.get("customer") or {}).get("id"))
            self.kept["token", key] = made
        return 201, self.kept["token", key]

    def _delete(self, asked: Asked, name: str) -> tuple[int, Any]:
        if self.tokens.pop(name, None) is None:
            raise missing()
        return 204, None

    def _list_disputes(self, asked: Asked) -> tuple[int, Any]:
        wanted = asked.query["disputed_transaction_id"]
        assert 1 <= int(asked.query.get("page_size", 10)) <= 50
        summary = ("dispute_id", "reason", "status", "dispute_amount")
        return 200, {
            "items": [
                {name: each[name] for name in summary}
                for each in self.disputes
                if each["disputed_transactions"][0]["seller_transaction_id"] == wanted
            ]
        }

    def _read_dispute(self, asked: Asked, name: str) -> tuple[int, Any]:
        found = [each for each in self.disputes if each["dispute_id"] == name]
        if not found:
            raise missing()
        return 200, found[0]

    def _report(self, asked: Asked) -> tuple[int, Any]:
        rows = reports.rows(_payments(order) for order in self.orders.values()) + self.more_rows
        return 200, reports.page(asked, rows, self.most_rows, self.most_items)

    def _verify(self, asked: Asked) -> tuple[int, Any]:
        body = shapes.body(asked, shapes.VERIFY)
        sent = asked.body.partition(b'"webhook_event": ')[2][:-1]
        wanted = self._signature(body["transmission_id"], body["transmission_time"], sent)
        is_good = body["webhook_id"] == self.webhook_id
        is_good = is_good and hmac.compare_digest(body["transmission_sig"], wanted)
        return 200, {"verification_status": "SUCCESS" if is_good else "FAILURE"}

    # What it keeps.

    def _new(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):014}"

    def _found(self, name: str) -> Thing:
        if name not in self.orders:
            raise missing()
        return self.orders[name]

    def _order(self, name: str) -> Thing:
        return self._shown(self._found(name))

    def _taken(self, name: str) -> Thing:
        for order in self.orders.values():
            for each in _payments(order)["captures"]:
                if each["id"] == name:
                    found: Thing = each
                    return found
        raise missing()

    def _vaulted(self, customer: str | None) -> Thing:
        token = {"id": self._new("TOK"), "customer": {"id": customer or self._new("CUS")}}
        token["payment_source"] = {"paypal": {"email_address": "buyer@example.com"}}
        self.tokens[str(token["id"])] = token
        self._happened("VAULT.PAYMENT-TOKEN.CREATED", token)
        return token

    def _shown(self, order: Thing) -> Thing:
        shown = {name: value for name, value in order.items() if name not in ("at", "declined")}
        return json.loads(json.dumps(shown))  # type: ignore[no-any-return]

    def _happened(self, kind: str, resource: Thing) -> None:
        told = {"id": self._new("WH-"), "event_version": "1.0", "event_type": kind}
        told |= {"create_time": self.at.isoformat(), "resource": resource}
        self.events.append(json.loads(json.dumps(told)))

    def _signature(self, number: str, stamp: str, body: bytes) -> str:
        text = f"{number}|{stamp}|{self.webhook_id}|{zlib.crc32(body)}".encode()
        return hmac.new(SIGNING, text, hashlib.sha256).hexdigest()


def _payments(order: Thing) -> Thing:
    payments: Thing = order["purchase_units"][0].setdefault(
        "payments", {"captures": [], "refunds": []}
    )
    return payments


def _key(asked: Asked) -> str:
    key = asked.headers.get("paypal-request-id", "")
    assert 0 < len(key) <= 108
    return key
