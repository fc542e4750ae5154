"""Cards by Stripe: pages are Checkout Sessions, with 3-D Secure on them where the bank asks for it
(https://docs.stripe.com/payments/checkout)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any, Final

from stripe.params.checkout import SessionCreateParams

from quartermaster.adapters.payments import failures
from quartermaster.adapters.payments.stripe import calls, notices, pages, reading
from quartermaster.adapters.payments.stripe.calls import Body
from quartermaster.adapters.payments.stripe.units import UNITS
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.usecases.ports.gateways import (
    Notice,
    Page,
    PageRequest,
    PaymentAnswer,
    PaymentRequest,
    RefundRequest,
    ReportedPayment,
    SavedMethod,
)

_CHARGE: Final = "latest_charge.refunds"
_INTENT: Final = [_CHARGE, "payment_method"]
_PAGE: Final = [f"payment_intent.{name}" for name in _INTENT]
_NOT_TAKEN: Final = ("won", "prevented")
_INQUIRY: Final = "warning_"
"""Disputes that took no money, or no longer do; no inquiry does
(https://docs.stripe.com/disputes/how-disputes-work)."""


class Stripe:
    """A payment with a page goes by the id of its Checkout Session, one without by that of its
    PaymentIntent. `payer` is a Customer."""

    name = "stripe"
    kinds = frozenset({MethodKind.CARD})

    def __init__(self, secret_key: str, webhook_secret: str, base_url: str = "") -> None:
        self._v1 = calls.client(secret_key, base_url).v1
        self._webhook_secret = webhook_secret

    def open(self, request: PaymentRequest, page: PageRequest) -> Page:
        """It can be paid for a day at most."""
        return self._opened(request.key, page, lambda page: pages.payment(request, page))

    def open_setup(self, key: str, workspace: str, page: PageRequest) -> Page:
        """A Checkout Session that only saves a card."""
        return self._opened(key, page, lambda page: pages.setup(key, workspace, page))

    @failures.paying
    def charge(self, request: PaymentRequest, method: SavedMethod) -> PaymentAnswer:
        """Stripe remembers the key for a day; after that its list of payments is what knows."""
        amount = UNITS.written(request.amount_minor, request.currency)
        made = {"customer": method.payer, "limit": 100, "expand": ["data.latest_charge"]}
        with calls.asking():
            listed = self._v1.payment_intents.list(made)  # type: ignore[arg-type]
            if known := calls.keyed((each.to_dict() for each in listed.data), request.key):
                return reading.intent(known)
            intent = self._v1.payment_intents.create(
                {
                    "amount": amount,
                    "currency": request.currency.lower(),
                    "customer": method.payer,
                    "payment_method": method.token,
                    "allowed_payment_method_types": ["card"],
                    "confirm": True,
                    "off_session": True,
                    "description": pages.described(request),
                    "metadata": pages.named(request),
                    "expand": ["latest_charge"],
                },
                {"idempotency_key": request.key},
            )
        return reading.intent(intent.to_dict())

    @failures.paying
    def look_up(self, reference: str) -> PaymentAnswer:
        """Stripe takes the money by itself."""
        with calls.asking():
            if not _is_page(reference):
                found = self._v1.payment_intents.retrieve(reference, {"expand": _INTENT}).to_dict()
                return reading.intent(found, reference, self._disputed(found))
            session = self._session(reference, _PAGE)
            disputed = self._disputed(session.get("payment_intent") or {})
        return reading.page(session, disputed)

    @failures.paying
    def look_up_setup(self, reference: str) -> PaymentAnswer:
        """Its method is a card of the page's Customer."""
        with calls.asking():
            return reading.setup(self._session(reference, ["setup_intent.payment_method"]))

    @failures.paying
    def cancel(self, reference: str) -> PaymentAnswer:
        """Closes the page. Refused where it has closed already: then what came of it is asked."""
        try:
            with calls.asking():
                if _is_page(reference):
                    self._v1.checkout.sessions.expire(reference)
                else:
                    self._v1.payment_intents.cancel(reference)
        except failures.Refused:
            return self.look_up(reference)
        return failures.canceled(reference)

    @failures.paying
    def refund(self, request: RefundRequest) -> PaymentAnswer:
        """Stripe refuses more than is left of the payment."""
        amount = UNITS.written(request.amount_minor, request.currency)
        with calls.asking():
            intent = self._intent_of(request.reference)
            made = self._v1.refunds.list({"payment_intent": intent, "limit": 100}).data
            if known := calls.keyed((each.to_dict() for each in made), request.key):
                return reading.refund(known)
            refund = self._v1.refunds.create(
                {
                    "payment_intent": intent,
                    "amount": amount,
                    "metadata": {"key": request.key, "reason": request.reason[:500]},
                },
                {"idempotency_key": request.key},
            )
        return reading.refund(refund.to_dict())

    def forget(self, method: SavedMethod) -> None:
        """Refused where it belongs to nobody any more."""
        with failures.reading():
            try:
                with calls.asking():
                    self._v1.payment_methods.detach(method.token)
            except failures.Refused:
                return
            except failures.Outage as no:
                if no.status != calls.MISSING:
                    raise

    def notice(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Notice:
        """Refunds and disputes name the PaymentIntent; of one that has a page Stripe is asked which
        that is."""
        event = notices.verified(headers, body, self._webhook_secret, at)
        found = notices.about(event)
        reference = str(found.get("id", ""))
        if found.get("object") == "payment_intent":
            if "page" in (found.get("metadata") or {}):
                reference = self._page_of(reference)
        elif found.get("object") != "checkout.session" and found.get("payment_intent"):
            reference = self._page_of(str(found["payment_intent"]))
        return Notice(str(event["id"]), notices.kind(event), reference)

    def report(self, start: datetime, end: datetime) -> Iterator[ReportedPayment]:
        """Pages opened and cards charged; payments that others made by the same account are left
        out."""
        created = {"gte": int(start.timestamp()), "lt": int(end.timestamp())}
        within: dict[str, Any] = {"created": created, "limit": 100}
        paged = {**within, "expand": [f"data.payment_intent.{_CHARGE}"]}
        charged = {**within, "expand": [f"data.{_CHARGE}"]}
        with failures.reading(), calls.asking():
            opened = self._v1.checkout.sessions.list(paged)  # type: ignore[arg-type]
            intents = self._v1.payment_intents.list(charged)  # type: ignore[arg-type]
            yield from chain(
                _reported_pages(each.to_dict() for each in opened.auto_paging_iter()),
                _reported_charges(each.to_dict() for each in intents.auto_paging_iter()),
            )

    def _opened(
        self, key: str, page: PageRequest, params: Callable[[PageRequest], SessionCreateParams]
    ) -> Page:
        """Of a Customer that was deleted at Stripe another is made."""
        with failures.opening():
            try:
                return self._made(key, params(page))
            except failures.Refused as no:
                if no.code != calls.NO_SUCH or not page.payer:
                    raise
            return self._made(f"{key}-again", params(replace(page, payer="")))

    def _made(self, key: str, params: SessionCreateParams) -> Page:
        with calls.asking():
            made = self._v1.checkout.sessions.create(params, {"idempotency_key": key})
        return Page(made.id, made.url or "")

    def _session(self, reference: str, expand: list[str]) -> Body:
        return self._v1.checkout.sessions.retrieve(reference, {"expand": expand}).to_dict()

    def _intent_of(self, reference: str) -> str:
        if not _is_page(reference):
            return reference
        return str(self._session(reference, []).get("payment_intent") or "")

    def _page_of(self, intent: str) -> str:
        with failures.reading(), calls.asking():
            found = self._v1.checkout.sessions.list({"payment_intent": intent, "limit": 1}).data
        return found[0].id if found else intent

    def _disputed(self, intent: Body) -> reading.Disputed:
        if not (intent.get("latest_charge") or {}).get("disputed"):
            return 0, 0
        found = self._v1.disputes.list({"payment_intent": str(intent["id"]), "limit": 100}).data
        taken = sum(each.amount for each in found if _took(each.status))
        lost = sum(each.amount for each in found if each.status == "lost")
        currency = reading.currency(intent)
        return UNITS.minor(taken, currency), UNITS.minor(lost, currency)


def _took(status: str) -> bool:
    return status not in _NOT_TAKEN and not status.startswith(_INQUIRY)


def _is_page(reference: str) -> bool:
    return reference.startswith("cs_")


def _reported_pages(found: Iterator[Body]) -> Iterator[ReportedPayment]:
    for each in found:
        if each["mode"] == "payment" and "key" in (each.get("metadata") or {}):
            yield reading.reported(reading.page(each), each, int(each["amount_total"]))


def _reported_charges(found: Iterator[Body]) -> Iterator[ReportedPayment]:
    for each in found:
        named = each.get("metadata") or {}
        if "key" in named and "page" not in named:
            yield reading.reported(reading.intent(each), each, int(each["amount"]))
