"""The payment sandbox, asked by HTTP (docs/reference/payment-sandbox.md)."""

import hmac
import json
import uuid
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import httpx
import structlog
from standardwebhooks import Webhook

from quartermaster.core.formats import creditor_reference
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    BadNotice,
    Decline,
    Notice,
    NoticeKind,
    Page,
    PageRequest,
    PaymentAnswer,
    PaymentRequest,
    RefundRequest,
    ReportedPayment,
    SavedMethod,
    Unavailable,
)

_TIMEOUT: Final = httpx.Timeout(15, connect=5)
_TOLERANCE: Final = timedelta(minutes=5)
_PAGE: Final = 200
_STATEMENT: Final = "application/xml"
_DIGITS: Final = 11  # of a time in seconds
_DONE_NOTHING: Final = frozenset({"invalid", "not_found", "not_paid", "more_than_paid"})
_UNKNOWN: Final = PaymentAnswer(Outcome.UNKNOWN)
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
_log = structlog.get_logger("payments")


class Sandbox:
    """Takes cards, PayPal and wires at a sandbox. A wire's page has the bank expect it, by the
    reference of its order; what has come the bank's statement says."""

    def __init__(self, base_url: str, secret: str, webhook_secret: str) -> None:
        self.name = "sandbox"
        self.kinds = frozenset({MethodKind.CARD, MethodKind.PAYPAL, MethodKind.WIRE})
        self._webhook = Webhook(webhook_secret)
        headers = {"Authorization": f"Bearer {secret}"}
        self._client = httpx.Client(
            base_url=base_url,
            headers=headers,
            timeout=_TIMEOUT,
            event_hooks={"response": [_readable]},
        )

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
        return _page(self._made("/v1/checkouts", request.key, asked))

    def open_setup(self, key: str, workspace: str, page: PageRequest) -> Page:
        """A hosted page."""
        asked = {"kind": page.kind.value, "return_url": page.return_url, "payer": page.payer}
        return _page(self._made("/v1/setups", key, asked | {"metadata": {"workspace": workspace}}))

    def charge(self, request: PaymentRequest, method: SavedMethod) -> PaymentAnswer:
        """The first answer to a key is kept there: where it was not known then, it is looked up."""
        try:
            response = self._post("/v1/charges", request.key, _asked(request, method.token))
        except httpx.HTTPError:
            return _UNKNOWN
        if response.status_code != httpx.codes.CREATED:
            return _refused(response)
        told = response.json()
        return _answer(told) if told["state"] in _OUTCOMES else self.look_up(told["id"])

    def look_up(self, reference: str) -> PaymentAnswer:
        """As it stands."""
        return self._looked_up(f"/v1/payments/{reference}")

    def look_up_setup(self, reference: str) -> PaymentAnswer:
        """As it stands."""
        return self._looked_up(f"/v1/setups/{reference}")

    def cancel(self, reference: str) -> PaymentAnswer:
        """Twice is once by itself; a key of its own each time has it answered as it stands."""
        try:
            response = self._post(f"/v1/payments/{reference}/cancel", str(uuid.uuid4()), {})
        except httpx.HTTPError:
            return _UNKNOWN
        if response.status_code != httpx.codes.CREATED:
            return _unexpected(response)
        return _answer(response.json())

    def refund(self, request: RefundRequest) -> PaymentAnswer:
        """Succeeds at once, or is more than was paid."""
        path = f"/v1/payments/{request.reference}/refunds"
        asked = {"amount_minor": request.amount_minor, "reason": request.reason}
        try:
            response = self._post(path, request.key, asked)
        except httpx.HTTPError:
            return _UNKNOWN
        if response.status_code != httpx.codes.CREATED:
            return _refused(response)
        return PaymentAnswer(Outcome.SUCCEEDED, reference=response.json()["id"])

    def forget(self, method: SavedMethod) -> None:
        """What is gone already stays gone."""
        response = self._certainly("DELETE", f"/v1/methods/{method.token}")
        is_gone = response.status_code == httpx.codes.NO_CONTENT
        if not is_gone and _told(response).get("code") != "not_found":
            raise Unavailable

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
        response = self._certainly("GET", "/v1/bank/statements/camt.053", days)
        if not response.is_success:
            raise Unavailable
        return response.content

    def report(self, start: datetime, end: datetime) -> Iterator[ReportedPayment]:
        """Page by page, without wires: these are in the books of the bank."""
        asked = {"start": start.isoformat(), "end": end.isoformat(), "limit": str(_PAGE)}
        while True:
            response = self._certainly("GET", "/v1/payments", asked)
            if not response.is_success:
                raise Unavailable
            told = response.json()
            yield from (_reported(one) for one in told["payments"] if one["kind"] != "wire")
            if told["next"] is None:
                return
            asked["after"] = told["next"]

    def _made(self, path: str, key: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Refusals: Unavailable where no page was opened."""
        try:
            response = self._post(path, key, asked)
        except httpx.HTTPError:
            raise Unavailable from None
        if response.status_code != httpx.codes.CREATED:
            _unexpected(response)
            raise Unavailable
        told: dict[str, Any] = response.json()
        return told

    def _looked_up(self, path: str) -> PaymentAnswer:
        try:
            response = self._client.get(path)
        except httpx.HTTPError:
            return _UNKNOWN
        return _answer(response.json()) if response.is_success else _unexpected(response)

    def _certainly(
        self, method: str, path: str, query: Mapping[str, str] | None = None
    ) -> httpx.Response:
        try:
            return self._client.request(method, path, params=query)
        except httpx.HTTPError:
            raise Unavailable from None

    def _post(self, path: str, key: str, asked: Mapping[str, Any]) -> httpx.Response:
        return self._client.post(path, json=asked, headers={"Idempotency-Key": key})


def _readable(response: httpx.Response) -> None:
    """Something between here and there may answer in its place: that is an outage. Whoever reads
    a statement sees for themselves."""
    response.read()
    if response.headers.get("content-type") == _STATEMENT:
        return
    if response.is_success and response.content and not _told(response):
        raise httpx.DecodingError("the answer is not of the sandbox", request=response.request)


def _asked(request: PaymentRequest, method: str = "") -> dict[str, Any]:
    asked: dict[str, Any] = {
        "amount_minor": request.amount_minor,
        "currency": request.currency,
        "description": request.description,
        "metadata": {"order": request.order, "workspace": request.workspace},
    }
    return asked | ({"method": method} if method else {})


def _page(told: Mapping[str, Any]) -> Page:
    return Page(told["id"], told["url"])


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


def _refused(response: httpx.Response) -> PaymentAnswer:
    """Declined where the sandbox has certainly done nothing for this key."""
    problem = _told(response)
    if problem.get("code") not in _DONE_NOTHING:
        return _unexpected(response)
    code = Decline.DECLINED if problem["code"] == "not_found" else Decline.PROCESSING_ERROR
    return PaymentAnswer(Outcome.DECLINED, problem["detail"], code)


def _unexpected(response: httpx.Response) -> PaymentAnswer:
    code = _told(response).get("code")
    _log.warning("unexpected_answer", status=response.status_code, code=code)
    return _UNKNOWN


def _told(response: httpx.Response) -> dict[str, Any]:
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
