"""How PayPal is asked (https://developer.paypal.com/api/rest/authentication/)."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from quartermaster.adapters.payments.failures import Outage, Refused
from quartermaster.adapters.payments.json_web import JsonWeb
from quartermaster.usecases.ports.gateways import Decline

Body = Mapping[str, Any]
ADDRESSES: Final[Mapping[str, str]] = {
    "live": "https://api-m.paypal.com",
    "sandbox": "https://api-m.sandbox.paypal.com",
}
_EARLY_SECONDS: Final = 60
_UNAUTHORIZED: Final = 401

DECLINES: Final[Mapping[str, Decline]] = {
    "INVALID_RESOURCE_ID": Decline.CANCELED,  # PayPal forgets orders that nobody approved
    "RESOURCE_NOT_FOUND": Decline.CANCELED,
    "CARD_EXPIRED": Decline.EXPIRED_CARD,
    "INSUFFICIENT_FUNDS": Decline.INSUFFICIENT_FUNDS,
    "PAYEE_BLOCKED_TRANSACTION": Decline.DECLINED,
    "PAYER_ACTION_REQUIRED": Decline.NEEDS_BUYER,
    "ORDER_NOT_APPROVED": Decline.NEEDS_BUYER,
    "PROCESSING_ERROR": Decline.PROCESSING_ERROR,
    "5120": Decline.INSUFFICIENT_FUNDS,
    "5400": Decline.EXPIRED_CARD,
    "5650": Decline.NEEDS_BUYER,
}
"""By the issue of a refusal (https://developer.paypal.com/api/rest/reference/orders/v2/errors/), or
by the response code of whoever processed it."""

_UNDER_WAY: Final = frozenset(
    (
        *("DUPLICATE_REQUEST_ID", "PAYPAL_REQUEST_ID_PREVIOUSLY_USED"),
        *("PREVIOUS_REQUEST_IN_PROGRESS", "ORDER_COMPLETION_IN_PROGRESS"),
    )
)
"""What is asked for may be done already, or is being done: of two at once PayPal may refuse one
(https://developer.paypal.com/reference/guidelines/idempotency)."""


@dataclass
class Credentials:
    """Of a REST app in PayPal's dashboard, and the id of its webhook there."""

    client_id: str
    secret: str = field(repr=False)
    webhook_id: str


class Access:
    """Asks with a token, and keeps that until shortly before it expires."""

    def __init__(self, credentials: Credentials, base_url: str) -> None:
        self._credentials = credentials
        self._web = JsonWeb(base_url, explained)
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def ask(
        self, method: str, path: str, body: object = None, *, key: str = "", **query: str
    ) -> Any:
        """`key`: the same is done once. Raises Outage and Refused."""
        try:
            return self._ask(method, path, body, key, query)
        except Outage as no:
            if no.status != _UNAUTHORIZED:
                raise
            self._until = 0.0  # it was revoked, before its time
            return self._ask(method, path, body, key, query)

    def _ask(self, method: str, path: str, body: object, key: str, query: Mapping[str, str]) -> Any:
        headers = {"Authorization": f"Bearer {self._current()}", "Prefer": "return=representation"}
        if key:
            headers["PayPal-Request-Id"] = key
        try:
            return self._web.ask(method, path, headers, body, params=query or None)
        except Refused as no:
            if no.code in _UNDER_WAY:
                raise Outage(f"PayPal: {no.code}") from None
            raise

    def _current(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                given = self._web.ask(
                    "POST",
                    "/v1/oauth2/token",
                    {},
                    data={"grant_type": "client_credentials"},
                    auth=(self._credentials.client_id, self._credentials.secret),
                )
                self._token = str(given["access_token"])
                self._until = time.monotonic() + int(given["expires_in"]) - _EARLY_SECONDS
            return self._token


def explained(told: Any) -> Refused:
    """What the body of a refusal says."""
    body: Body = told if isinstance(told, dict) else {}
    detail: Body = next(iter(body.get("details") or ()), {})
    code = str(detail.get("issue") or body.get("name") or "")
    words = str(detail.get("description") or body.get("message") or "PayPal refused it")
    return Refused(words, code, DECLINES.get(code, Decline.DECLINED))
