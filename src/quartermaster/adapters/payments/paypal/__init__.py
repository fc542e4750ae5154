"""PayPal accounts (https://developer.paypal.com/docs/api/orders/v2/,
https://developer.paypal.com/docs/api/payment-tokens/v3/)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from quartermaster.adapters.payments import failures
from quartermaster.adapters.payments.failures import Refused
from quartermaster.adapters.payments.paypal import disputes, notices, reading, report, units
from quartermaster.adapters.payments.paypal.access import ADDRESSES, Access, Body, Credentials
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
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
)

__all__ = ["ADDRESSES", "Credentials", "PayPal"]

_ORDERS: Final = "/v2/checkout/orders"
_VAULT: Final = "/v3/vault"
_TWICE: Final = "DUPLICATE_INVOICE_ID"
_CUSTOM_ID: Final = "/purchase_units/@reference_id=='default'/custom_id"
_BY_US: Final = {"payment_initiator": "MERCHANT", "usage": "SUBSEQUENT"}


class PayPal:
    """A payment goes by the id of its order. `payer` is a customer of the vault."""

    name = "paypal"
    kinds = frozenset({MethodKind.PAYPAL})

    def __init__(
        self, credentials: Credentials, base_url: str, now: Callable[[], datetime] | None = None
    ) -> None:
        self._access = Access(credentials, base_url)
        self._webhook_id = credentials.webhook_id
        self._now = now or (lambda: datetime.now(UTC))

    def open(self, request: PaymentRequest, page: PageRequest) -> Page:
        """It can be approved for some hours; the money is taken when it is looked up after that."""
        source: dict[str, Any] = {"experience_context": _experience(page, "PAY_NOW")}
        if page.is_saved:
            kept = {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"}
            source["attributes"] = {"vault": kept, **_customer(page)}
        order = _order(request, source)
        with failures.opening():
            made = self._access.ask("POST", _ORDERS, order, key=request.key)
        return Page(str(made["id"]), reading.link(made, "payer-action", "approve"))

    def open_setup(self, key: str, workspace: str, page: PageRequest) -> Page:
        """A setup token, which becomes a payment token when it is looked up."""
        source = {"usage_type": "MERCHANT", "experience_context": _experience(page, "CONTINUE")}
        body = {"payment_source": {"paypal": source}, **_customer(page)}
        with failures.opening():
            made = self._access.ask("POST", f"{_VAULT}/setup-tokens", body, key=key)
        return Page(str(made["id"]), reading.link(made, "approve"))

    @failures.paying
    def charge(self, request: PaymentRequest, method: SavedMethod) -> PaymentAnswer:
        """PayPal remembers the key for hours, and after that refuses a second payment with the same
        invoice number: then its report says which was the first."""
        order = _order(request, {"vault_id": method.token, "stored_credential": _BY_US})
        try:
            made = self._access.ask("POST", _ORDERS, order, key=request.key)
        except Refused as no:
            if no.code != _TWICE:
                raise
            return self._paid_before(request.key)
        if reading.capture(made) is None:
            words, why = "PayPal wants the account's owner to be there", Decline.NEEDS_BUYER
            return PaymentAnswer(Outcome.DECLINED, words, why, str(made["id"]))
        return reading.order(made)

    @failures.paying
    def look_up(self, reference: str) -> PaymentAnswer:
        """Captures what was approved, unless it was canceled."""
        order = self._order(reference)
        if order["status"] == "APPROVED" and not reading.is_canceled(order):
            try:
                path, key = f"{_ORDERS}/{reference}/capture", reading.key_of(order)
                order = self._access.ask("POST", path, {}, key=f"{key}-capture")
            except Refused as no:
                if no.code == _TWICE:
                    return self._paid_before(key)
                if no.code != "ORDER_ALREADY_CAPTURED":
                    raise
                order = self._order(reference)
        answer = reading.order(order)
        if answer.outcome is Outcome.SUCCEEDED and (taken := reading.capture(order)):
            return reading.order(order, disputes.disputed_minor(self._access, str(taken["id"])))
        return answer

    @failures.paying
    def look_up_setup(self, reference: str) -> PaymentAnswer:
        """Makes a payment token of a setup token that was approved."""
        try:
            setup = self._access.ask("GET", f"{_VAULT}/setup-tokens/{reference}")
        except Refused:
            return failures.canceled(reference)  # PayPal forgets it after three days
        if setup["status"] not in ("APPROVED", "VAULTED"):
            return PaymentAnswer(Outcome.UNKNOWN, reference=reference)
        body = {"payment_source": {"token": {"id": reference, "type": "SETUP_TOKEN"}}}
        made = self._access.ask("POST", f"{_VAULT}/payment-tokens", body, key=reference)
        saved = reading.method(made, made["payment_source"]["paypal"])
        return PaymentAnswer(Outcome.SUCCEEDED, reference=reference, method=saved)

    @failures.paying
    def cancel(self, reference: str) -> PaymentAnswer:
        """Marks the order as one that is not to be captured: PayPal has no call that closes its
        page. Captures nothing itself, whatever it finds."""
        order = self._order(reference)
        if not reading.is_canceled(order) and reading.capture(order) is None:
            mark = {"op": "replace", "path": _CUSTOM_ID, "value": reading.canceled_id(order)}
            with suppress(Refused):  # it was paid meanwhile
                self._access.ask("PATCH", f"{_ORDERS}/{reference}", [mark])
            order = self._order(reference)
        return reading.order(order)

    @failures.paying
    def refund(self, request: RefundRequest) -> PaymentAnswer:
        """PayPal remembers the key for some weeks, and the order names its refunds for good."""
        order = self._order(request.reference)
        made = reading.refunds_of(order)
        if known := next((each for each in made if each.get("custom_id") == request.key), None):
            return reading.refund(known)
        taken = reading.capture(order)
        if taken is None:
            raise Refused("nothing was paid")
        body = {
            "amount": units.amount(request.amount_minor, request.currency),
            "custom_id": request.key,
            **({"note_to_payer": _cut(request.reason, 255)} if request.reason else {}),
        }
        path = f"/v2/payments/captures/{taken['id']}/refund"
        return reading.refund(self._access.ask("POST", path, body, key=request.key))

    def forget(self, method: SavedMethod) -> None:
        """Refused where there is none."""
        with failures.reading():
            try:
                self._access.ask("DELETE", f"{_VAULT}/payment-tokens/{method.token}")
            except Refused:
                return

    def notice(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Notice:
        """PayPal is asked whether it is genuine, and for the order where it names a capture."""
        event = notices.verified(self._access, headers, body, self._webhook_id, at)
        kind = notices.kind(event)
        with failures.reading():
            return Notice(str(event["id"]), kind, self._order_of(event["resource"], kind))

    def report(self, start: datetime, end: datetime) -> Iterator[ReportedPayment]:
        """PayPal's transactions that carry a key, some hours after they were made; unpaid orders
        are not among them. Refunds count if they lie in the same time. `reference` is the order
        where PayPal names it, else the capture; the key is there always."""
        with failures.reading():
            yield from report.payments(self._access, start, end)

    def _paid_before(self, key: str) -> PaymentAnswer:
        now = self._now()
        known = report.payments(self._access, now - report.WINDOW, now)
        found = next((each for each in known if each.key == key), None)
        if found is None:
            return PaymentAnswer(Outcome.UNKNOWN, "paid before; not in PayPal's report yet")
        return self.look_up(self._captured(found.reference))

    def _order(self, reference: str) -> Body:
        found: Body = self._access.ask("GET", f"{_ORDERS}/{reference}")
        return found

    def _order_of(self, resource: Body, kind: NoticeKind) -> str:
        if kind is NoticeKind.DISPUTE:
            about: Body = next(iter(resource.get("disputed_transactions") or ()), {})
            return self._captured(str(about.get("seller_transaction_id", "")))
        if kind is NoticeKind.REFUND:
            return self._captured(urlsplit(reading.link(resource, "up")).path.rpartition("/")[2])
        return _order_named(resource) or str(resource.get("id", ""))

    def _captured(self, capture: str) -> str:
        """The order of a capture, or what was given if it is none."""
        try:
            return _order_named(self._access.ask("GET", f"/v2/payments/captures/{capture}"))
        except Refused:
            return capture


def _order(request: PaymentRequest, source: Mapping[str, Any]) -> dict[str, Any]:
    unit = {
        "reference_id": "default",
        "amount": units.amount(request.amount_minor, request.currency),
        "invoice_id": request.key,
        "custom_id": f"{request.workspace} {request.order}",
        **({"description": _cut(request.description, 127)} if request.description else {}),
    }
    return {
        "intent": "CAPTURE",
        "purchase_units": [unit],
        "payment_source": {"paypal": source},
    }


def _cut(text: str, most: int) -> str:
    """PayPal counts what is not of ASCII for more than one."""
    return text.encode()[:most].decode(errors="ignore")


def _experience(page: PageRequest, action: str) -> dict[str, str]:
    where = {"return_url": page.return_url, "cancel_url": page.return_url}
    return {**where, "shipping_preference": "NO_SHIPPING", "user_action": action}


def _customer(page: PageRequest) -> dict[str, Any]:
    return {"customer": {"id": page.payer}} if page.payer else {}


def _order_named(resource: Body) -> str:
    related = (resource.get("supplementary_data") or {}).get("related_ids") or {}
    return str(related.get("order_id", ""))
