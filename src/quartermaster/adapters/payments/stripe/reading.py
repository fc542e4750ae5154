"""What Stripe's objects say (https://docs.stripe.com/api/payment_intents/object,
https://docs.stripe.com/api/checkout/sessions/object)."""

import calendar
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from quartermaster.adapters.payments.failures import canceled
from quartermaster.adapters.payments.stripe.calls import Body, declined
from quartermaster.adapters.payments.stripe.units import UNITS
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.usecases.ports.gateways import (
    Decline,
    PaymentAnswer,
    ReportedPayment,
    SavedMethod,
)

_REFUNDS: Final = {
    "succeeded": Outcome.SUCCEEDED,
    "failed": Outcome.DECLINED,
    "canceled": Outcome.DECLINED,
}
Disputed = tuple[int, int]
"""What was called back, and how much of that for good."""
_WAITS: Final = PaymentAnswer(Outcome.UNKNOWN)


def page(session: Body, disputed: Disputed = (0, 0)) -> PaymentAnswer:
    """Of a Checkout Session, with its PaymentIntent expanded. While it is open the buyer may try
    another card, whatever came of the first."""
    reference = str(session["id"])
    if session["status"] == "expired":
        return canceled(reference)
    if session["status"] != "complete":
        return PaymentAnswer(Outcome.UNKNOWN, reference=reference)
    return intent(session["payment_intent"], reference, disputed)


def intent(found: Body, reference: str = "", disputed: Disputed = (0, 0)) -> PaymentAnswer:
    """Of a PaymentIntent, with its charge and its payment method expanded."""
    reference = reference or str(found["id"])
    if found["status"] == "succeeded":
        refunded = _refunded(found.get("latest_charge") or {})
        return PaymentAnswer(
            Outcome.SUCCEEDED,
            reference=reference,
            method=_saved(found),
            refunded_minor=UNITS.minor(refunded, currency(found)),
            disputed_minor=disputed[0],
            lost_minor=disputed[1],
        )
    if found["status"] == "canceled":
        return canceled(reference)
    if error := found.get("last_payment_error"):
        no = declined(error)
        return PaymentAnswer(Outcome.DECLINED, str(no), no.decline, reference)
    if found["status"] == "requires_action":
        words = "the bank wants the card holder to be there"
        return PaymentAnswer(Outcome.DECLINED, words, Decline.NEEDS_BUYER, reference)
    return PaymentAnswer(Outcome.UNKNOWN, reference=reference)


def setup(session: Body) -> PaymentAnswer:
    """Of a Checkout Session that only saves, with its SetupIntent and payment method expanded."""
    reference = str(session["id"])
    if session["status"] != "complete":
        return canceled(reference) if session["status"] == "expired" else _WAITS
    found = session["setup_intent"]
    if found["status"] != "succeeded":
        return PaymentAnswer(Outcome.UNKNOWN, reference=reference)
    saved = method(found["payment_method"], found.get("customer") or session.get("customer"))
    return PaymentAnswer(Outcome.SUCCEEDED, reference=reference, method=saved)


def method(found: Body, payer: object) -> SavedMethod:
    """A card."""
    card = found["card"]
    year, month = int(card["exp_year"]), int(card["exp_month"])
    return SavedMethod(
        MethodKind.CARD,
        token=str(found["id"]),
        payer=str(payer or ""),
        label=f"{str(card['brand']).capitalize()} {card['last4']}",
        brand=str(card["brand"]),
        last_four=str(card["last4"]),
        expires_date=date(year, month, calendar.monthrange(year, month)[1]),
    )


def refund(found: Body) -> PaymentAnswer:
    """Of a refund; one that is on its way is unknown."""
    outcome = _REFUNDS.get(str(found["status"]), Outcome.UNKNOWN)
    reason = str(found.get("failure_reason") or "") if outcome is Outcome.DECLINED else ""
    return PaymentAnswer(outcome, reason, reference=str(found["id"]))


def reported(answer: PaymentAnswer, found: Body, amount: int) -> ReportedPayment:
    """Of a page or a PaymentIntent and what came of it."""
    return ReportedPayment(
        reference=answer.reference,
        key=str(found["metadata"]["key"]),
        outcome=answer.outcome,
        amount_minor=UNITS.minor(amount, currency(found)),
        currency=currency(found),
        refunded_minor=answer.refunded_minor,
        at=datetime.fromtimestamp(int(found["created"]), UTC),
    )


def currency(found: Body) -> str:
    """In capitals, as everywhere but at Stripe."""
    return str(found["currency"]).upper()


def _refunded(charge: Body) -> int:
    """Without what failed, which may be weeks later. With a charge Stripe lists ten at most."""
    listed = charge.get("refunds")
    if not isinstance(listed, Mapping) or listed["has_more"]:
        return int(charge.get("amount_refunded") or 0)
    given = (each for each in listed["data"] if refund(each).outcome is not Outcome.DECLINED)
    return sum(int(each["amount"]) for each in given)


def _saved(found: Body) -> SavedMethod | None:
    is_kept = found.get("setup_future_usage") == "off_session"
    kept = found.get("payment_method")
    return method(kept, found.get("customer")) if is_kept and isinstance(kept, dict) else None
