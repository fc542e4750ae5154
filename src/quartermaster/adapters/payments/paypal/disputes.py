"""PayPal's disputes (https://developer.paypal.com/docs/api/customer-disputes/v1/)."""

from typing import Final

from quartermaster.adapters.payments.failures import Outage
from quartermaster.adapters.payments.paypal import units
from quartermaster.adapters.payments.paypal.access import Access, Body

_DISPUTES: Final = "/v1/customer/disputes"
_MOST: Final = "50"
_FORBIDDEN: Final = 403
_WON: Final = ("RESOLVED_SELLER_FAVOUR", "RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER", "DENIED")
"""With a payout the buyer has their money from PayPal, not from us."""


def disputed_minor(access: Access, capture: str) -> int:
    """How much of a capture is disputed or lost. Nothing for an app that may not see disputes."""
    try:
        told = access.ask("GET", _DISPUTES, disputed_transaction_id=capture, page_size=_MOST)
    except Outage as no:
        if no.status != _FORBIDDEN:
            raise
        return 0
    return sum(_taken_minor(access, each) for each in told.get("items") or ())


def _taken_minor(access: Access, listed: Body) -> int:
    """The list does not tell how a dispute ended."""
    if listed["status"] != "RESOLVED":
        return units.minor(listed["dispute_amount"])
    whole = access.ask("GET", f"{_DISPUTES}/{listed['dispute_id']}")
    ended: Body = whole.get("dispute_outcome") or {}
    if ended.get("outcome_code") in _WON:
        return 0
    return units.minor(ended.get("amount_refunded") or listed["dispute_amount"])
