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


def disputed_minor(access: Access, capture: str) -> tuple[int, int]:
    """How much of a capture is disputed or lost, and how much lost. Nothing for an app that may not
    see disputes."""
    try:
        told = access.ask("GET", _DISPUTES, disputed_transaction_id=capture, page_size=_MOST)
    except Outage as no:
        if no.status != _FORBIDDEN:
            raise
        return 0, 0
    open_minor = lost_minor = 0
    for each in told.get("items") or ():
        if each["status"] == "RESOLVED":
            lost_minor += _lost_minor(access, each)
        else:
            open_minor += units.minor(each["dispute_amount"])
    return open_minor + lost_minor, lost_minor


def _lost_minor(access: Access, listed: Body) -> int:
    """The list does not tell how a dispute ended."""
    whole = access.ask("GET", f"{_DISPUTES}/{listed['dispute_id']}")
    ended: Body = whole.get("dispute_outcome") or {}
    if ended.get("outcome_code") in _WON:
        return 0
    return units.minor(ended.get("amount_refunded") or listed["dispute_amount"])
