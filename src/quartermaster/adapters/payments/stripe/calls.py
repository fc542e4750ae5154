"""How Stripe is asked, and how its errors are read (https://docs.stripe.com/api/errors)."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import stripe

from quartermaster.adapters.payments.failures import Outage, Refused
from quartermaster.usecases.ports.gateways import Decline

Body = Mapping[str, Any]
"""An object of Stripe's as JSON has it."""
TIMEOUT_SECONDS: Final = 20.0
MISSING: Final = 404
NO_SUCH: Final = "resource_missing"
_WHOLE: Final = 100
logging.getLogger("stripe").setLevel(logging.WARNING)  # below that it repeats what Stripe answers

DECLINES: Final[Mapping[str, Decline]] = {
    "authentication_required": Decline.NEEDS_BUYER,
    "expired_card": Decline.EXPIRED_CARD,
    "insufficient_funds": Decline.INSUFFICIENT_FUNDS,
    "issuer_not_available": Decline.PROCESSING_ERROR,
    "payment_intent_authentication_failure": Decline.NOT_CONFIRMED,
    "processing_error": Decline.PROCESSING_ERROR,
    "try_again_later": Decline.PROCESSING_ERROR,
}
"""By the code of an error, or by the bank's own where it has one
(https://docs.stripe.com/declines/codes)."""

_GONE: Final[Mapping[str, str]] = {
    "payment_method": "Stripe does not keep this card any more",
    "customer": "Stripe does not know this customer any more",
}


def client(secret_key: str, base_url: str = "") -> stripe.StripeClient:
    """One that tries once: whoever asks decides about asking again, with the same key."""
    return stripe.StripeClient(
        secret_key,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        base_addresses={"api": base_url} if base_url else {},
        max_network_retries=0,
    )


@contextmanager
def asking() -> Iterator[None]:
    """Stripe's errors as Refused (a card was declined, or the request is not one that Stripe
    carries out) or as Outage. Nothing is ever lost at Stripe: what is missing there belongs to
    another account, and nothing is known of it."""
    try:
        yield
    except stripe.CardError as no:
        raise declined(_error(no)) from None
    except stripe.InvalidRequestError as no:
        if no.http_status == MISSING:
            raise Outage("this account of Stripe's has no such thing", MISSING) from None
        raise Refused(_refusal(no), no.code or "") from None
    except stripe.StripeError as no:
        status = no.http_status or 0
        raise Outage(f"Stripe: {type(no).__name__} {status or ''}".rstrip(), status) from None


def declined(error: Body) -> Refused:
    """What the error of a payment says."""
    intent = error.get("payment_intent") or {}
    return Refused(
        str(error.get("message") or "the card was declined"),
        code=(code := _code(error)),
        decline=DECLINES.get(code, Decline.DECLINED),
        reference=str(intent.get("id", "")),
    )


def keyed(found: Iterator[Body], key: str) -> Body | None:
    """The one with this key among the newest hundred: Stripe forgets idempotency keys after a day
    or more, but not what was made with them."""
    newest = (each for each, _ in zip(found, range(_WHOLE), strict=False))
    return next((each for each in newest if (each.get("metadata") or {}).get("key") == key), None)


def _refusal(no: stripe.InvalidRequestError) -> str:
    """Stripe's words, but where they name what only we and Stripe know."""
    if no.code == NO_SUCH and no.param in _GONE:
        return _GONE[no.param]
    return no.user_message or "the request was refused"


def _code(error: Body) -> str:
    codes = (error.get("decline_code"), error.get("code"))
    known = [str(code) for code in codes if code in DECLINES]
    return known[0] if known else str(codes[0] or codes[1] or "")


def _error(no: stripe.CardError) -> Body:
    body: Body = no.json_body if isinstance(no.json_body, dict) else {}
    return body.get("error") or {}
