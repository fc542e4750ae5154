"""What PayPal sends
(https://developer.paypal.com/docs/api/webhooks/v1/#verify-webhook-signature_post,
https://developer.paypal.com/api/rest/webhooks/event-names/)."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from quartermaster.adapters.payments.failures import Refused, reading
from quartermaster.adapters.payments.paypal.access import Access, Body
from quartermaster.usecases.ports.gateways import BadNotice, NoticeKind

TOLERANCE: Final = timedelta(days=4)
"""PayPal sends a notice again for three days."""
_FIELDS: Final = ("auth_algo", "cert_url", "transmission_id", "transmission_sig")
_TIME: Final = "paypal-transmission-time"
_AHEAD: Final = timedelta(minutes=5)
_BACK: Final = ("PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED")


def verified(
    access: Access, headers: Mapping[str, str], body: bytes, webhook_id: str, at: datetime
) -> Body:
    """The event, if PayPal says that it sent it. Refusals: BadNotice, Unavailable."""
    asked = {name: headers.get(f"paypal-{name.replace('_', '-')}", "") for name in _FIELDS}
    try:
        event: Body = json.loads(body)
        sent_at = datetime.fromisoformat(headers[_TIME])
        is_new = at - TOLERANCE <= sent_at <= at + _AHEAD
    except (KeyError, ValueError, TypeError, RecursionError):
        raise BadNotice from None
    if not (is_new and all(asked.values()) and isinstance(event, dict)):
        raise BadNotice
    asked |= {"transmission_time": headers[_TIME], "webhook_id": webhook_id}
    if not _is_theirs(access, asked, body):
        raise BadNotice
    return event


def kind(event: Body) -> NoticeKind:
    """What it is about."""
    name = str(event["event_type"])
    if name.startswith("CUSTOMER.DISPUTE"):
        return NoticeKind.DISPUTE
    if name in _BACK or name.startswith("PAYMENT.REFUND."):
        return NoticeKind.REFUND
    is_payment = name.startswith(("CHECKOUT.ORDER.", "PAYMENT.CAPTURE."))
    return NoticeKind.PAYMENT if is_payment else NoticeKind.OTHER


def _is_theirs(access: Access, asked: Mapping[str, str], body: bytes) -> bool:
    """The event is passed on byte by byte: written anew, its signature would not fit any more."""
    whole = json.dumps(asked).encode()[:-1] + b', "webhook_event": ' + body + b"}"
    with reading():
        try:
            told = access.ask("POST", "/v1/notifications/verify-webhook-signature", whole)
        except Refused:
            return False
    return bool(told["verification_status"] == "SUCCESS")
