"""The payment sandbox, asked by HTTP (docs/reference/payment-sandbox.md)."""

import hmac
import json
import uuid
from calendar import monthrange
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from standardwebhooks import Webhook

from quartermaster.adapters.payments import failures
from quartermaster.adapters.payments.failures import Outage, Refused
from quartermaster.adapters.payments.json_web import JsonWeb
from quartermaster.core.formats import creditor_reference
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    BadNotice,
    Notice,
    NoticeKind,
    Page,
    PageRequest,
    PaymentAnswer,
    PaymentRequest,
    RefundRequest,
    ReportedPayment,
    SavedMethod,
)

_TOLERANCE: Final = timedelta(minutes=5)
_PAGE: Final = 200
_STATEMENT: Final = "application/xml"
_DIGITS: Final = 11  # of a time in seconds
_NO_METHOD: Final = ("not_found", "method")
_DONE_NOTHING: Final = frozenset({"invalid", "not_paid", "more_than_paid"})
_OUTCOMES: Final = {
    "succeeded": Outcome.SUCCEEDED,
    "declined": Outcome.DECLINED,
    "canceled": Outcome.DECLINED,
}
_NOTICES: Final = {
    "payment.updated": NoticeKind.PAYMENT,
    "setup.updated": NoticeKind.SETUP,
    "refund.updated": NoticeKind.REFUND,
    "dispute.opened": NoticeKind.DISPUTE,
    "wire.arrived": NoticeKind.WIRE,
}


class Sandbox:
    """Takes cards, PayPal and wires at a sandbox. A wire's page has the bank expect it, by the
    reference of its order; what has come the bank's statement says."""

    def __init__(self, base_url: str, secret: str, webhook_secret: str) -> None:
        self.name = "sandbox"
        self.kinds = frozenset({MethodKind.CARD, MethodKind.PAYPAL, MethodKind.WIRE})
        self._webhook = Webhook(webhook_secret)
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._web = JsonWeb(base_url, _explained)

    def open(self, request: PaymentRequest, page: PageRequest) -> Page:
        """A hosted page."""
        asked = _asked(request) | {
            "kind": page.kind.value,
            "return_url": page.return_url,
            "save": page.is_saved,
            "payer": page.payer,
        }
        if page.kind is MethodKind.WIRE:
            asked["wire_reference"] = creditor_reference.of(request.order)
        return self._page("/v1/checkouts", request.key, asked)

    def open_setup(self, key: str, workspace: str, page: PageRequest) -> Page:
        """A hosted page."""
        asked = {"kind": page.kind.value, "return_url": page.return_url, "payer": page.payer}
        return self._page("/v1/setups", key, asked | {"metadata": {"workspace": workspace}})

    @failures.paying
    def charge(self, request: PaymentRequest, method: SavedMethod) -> PaymentAnswer:
        """The first answer to a key is kept there: where it was not known then, it is looked up."""
        asked = _asked(request) | {"method": method.token}
        told = self._post("/v1/charges", request.key, asked)
        return _answer(told) if told["state"] in _OUTCOMES else self.look_up(told["id"])

    @failures.paying
    def look_up(self, reference: str) -> PaymentAnswer:
        """As it stands."""
        return _answer(self._get(f"/v1/payments/{reference}"))

    @failures.paying
    def look_up_setup(self, reference: str) -> PaymentAnswer:
        """As it stands."""
        return _answer(self._get(f"/v1/setups/{reference}"))

    @failures.paying
    def cancel(self, reference: str) -> PaymentAnswer:
        """Twice is once by itself; a key of its own each time has it answered as it stands."""
        return _answer(self._post(f"/v1/payments/{reference}/cancel", str(uuid.uuid4()), {}))

    @failures.paying
    def refund(self, request: RefundRequest) -> PaymentAnswer:
        """Succeeds at once, or is more than was paid."""
        asked = {"amount_minor": request.amount_minor, "reason": request.reason}
        made = self._post(f"/v1/payments/{request.reference}/refunds", request.key, asked)
        return PaymentAnswer(Outcome.SUCCEEDED, reference=made["id"])

    def forget(self, method: SavedMethod) -> None:
        """What is gone already stays gone."""
        with failures.reading(), suppress(Refused):
            self._web.ask("DELETE", f"/v1/methods/{method.token}", self._headers)

    def notice(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Notice:
        """Standard Webhooks: signed with id and time, five minutes old at most."""
        key, sent, signatures = (
            headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
        )
        if not sent.isascii() or not sent.isdigit() or len(sent) > _DIGITS:
            raise BadNotice
        sent_at = datetime.fromtimestamp(int(sent), UTC)
        expected = self._webhook.sign(key, sent_at, body.decode(errors="replace"))
        is_ours = any(
            hmac.compare_digest(expected.encode(), one.encode()) for one in signatures.split(" ")
        )
        if not key or not is_ours or abs(at - sent_at) > _TOLERANCE:
            raise BadNotice
        told = json.loads(body)
        kind = _NOTICES.get(told["type"], NoticeKind.OTHER)
        return Notice(key, kind, told["data"]["reference"])

    def statement(self, first: date, last: date) -> bytes:
        """Of the bank, as CAMT.053."""
        days = {"start": first.isoformat(), "end": last.isoformat()}
        path = "/v1/bank/statements/camt.053"
        with failures.reading():
            return self._web.read(path, self._headers, _STATEMENT, params=days)

    def report(self, start: datetime, end: datetime) -> Iterator[ReportedPayment]:
        """Page by page, without wires: these are in the books of the bank."""
        asked = {"start": start.isoformat(), "end": end.isoformat(), "limit": str(_PAGE)}
        while True:
            with failures.reading():
                told = self._get("/v1/payments", asked)
            yield from (_reported(one) for one in told["payments"] if one["kind"] != "wire")
            if told["next"] is None:
                return
            asked["after"] = told["next"]

    def _page(self, path: str, key: str, asked: Mapping[str, Any]) -> Page:
        with failures.reading():
            made = self._post(path, key, asked)
        return Page(made["id"], made["url"])

    def _post(self, path: str, key: str, asked: Mapping[str, Any]) -> Any:
        return self._web.ask("POST", path, self._headers | {"Idempotency-Key": key}, asked)

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return self._web.ask("GET", path, self._headers, params=query)


def _explained(told: Mapping[str, Any]) -> Refused | Outage:
    """Refused where the sandbox has certainly done nothing. Of a payment that it lacks nothing is
    known: its folder may be another's."""
    code = str(told.get("code", ""))
    if code in _DONE_NOTHING or (code, told.get("field")) == _NO_METHOD:
        return Refused(str(told["detail"]), code)
    return Outage(f"it answered {code or 'something else'}")


def _asked(request: PaymentRequest) -> dict[str, Any]:
    return {
        "amount_minor": request.amount_minor,
        "currency": request.currency,
        "description": request.description,
        "metadata": {"order": request.order, "workspace": request.workspace},
    }


def _answer(told: Mapping[str, Any]) -> PaymentAnswer:
    method = told["method"]
    return PaymentAnswer(
        _OUTCOMES.get(told["state"], Outcome.UNKNOWN),
        told["reason"],
        told["code"],
        told["id"],
        _method(method) if method else None,
        told.get("refunded_minor", 0),
        told.get("disputed_minor", 0),
        told.get("lost_minor", 0),
    )


def _method(told: Mapping[str, Any]) -> SavedMethod:
    month, year = told["expires_month"], told["expires_year"]
    return SavedMethod(
        MethodKind(told["kind"]),
        told["id"],
        told["payer"],
        told["label"],
        told["brand"],
        told["last_four"],
        date(year, month, monthrange(year, month)[1]) if month else None,
    )


def _reported(told: Mapping[str, Any]) -> ReportedPayment:
    return ReportedPayment(
        told["id"],
        told["key"],
        _OUTCOMES.get(told["state"], Outcome.UNKNOWN),
        told["amount_minor"],
        told["currency"],
        told["refunded_minor"],
        datetime.fromisoformat(told["created_at"]),
    )
