"""What Stripe sends
(https://docs.stripe.com/webhooks, https://docs.stripe.com/api/events/types)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import stripe

from quartermaster.adapters.payments.stripe.calls import Body
from quartermaster.usecases.ports.gateways import BadNotice, NoticeKind

TOLERANCE: Final = timedelta(minutes=5)
"""Stripe signs anew whenever it sends a notice again."""
_HEADER: Final = "stripe-signature"


def verified(headers: Mapping[str, str], body: bytes, secret: str, at: datetime) -> Body:
    """The event, if Stripe signed it lately. The library would go by the world's clock. Refusals:
    BadNotice."""
    header = headers.get(_HEADER, "")
    try:
        stripe.WebhookSignature.verify_header(body, header, secret, tolerance=None)
        event: Body = json.loads(body)
    except (stripe.SignatureVerificationError, ValueError, TypeError):  # TypeError: not of ASCII
        raise BadNotice from None
    if abs(at - _signed_at(header)) > TOLERANCE:
        raise BadNotice
    return event


def about(event: Body) -> Body:
    """The object that it tells of; none where it was sent in a form that has none."""
    told: Body = (event.get("data") or {}).get("object") or {}
    return told


def kind(event: Body) -> NoticeKind:
    """What it is about."""
    name, _, rest = str(event["type"]).partition(".")
    if name == "checkout":
        is_setup = about(event).get("mode") == "setup"
        return NoticeKind.SETUP if is_setup else NoticeKind.PAYMENT
    if name == "payment_intent":
        return NoticeKind.PAYMENT
    if name == "refund" or rest.startswith("refund"):
        return NoticeKind.REFUND
    return NoticeKind.DISPUTE if rest.startswith("dispute") else NoticeKind.OTHER


def _signed_at(header: str) -> datetime:
    """The first time is the one that was signed: others may have been added."""
    told = next(part for part in header.split(",") if part.startswith("t="))
    return datetime.fromtimestamp(int(told.split("=")[1]), UTC)
