"""Examples of auto-recharge."""

from typing import Any, Final

_ASKED: Final = {
    "amount": "100.00",
    "threshold": "50.00",
    "day_count": 3,
    "day_amount": "500.00",
    "month_count": 20,
    "month_amount": "2000.00",
}
_TERMS: Final = {
    **_ASKED,
    "is_on": True,
    "on_at": "2026-11-01T10:00:00Z",
    "off_reason": None,
    "method": "pm_4e0c9a7d5b1f28364a90",
    "set_at": "2026-11-01T10:00:00Z",
    "by": "key key_8c1f0d7b",
}
_ATTEMPT: Final = {
    "order": "ord_5b0c7c3f1d2a49e68f10",
    "payment": "pay_9a1f0b6d7c2e4f83a5d1",
    "amount": "119.00",
    "outcome": "declined",
    "code": "insufficient_funds",
    "reason": "insufficient funds",
    "begun_at": "2026-11-16T08:00:00Z",
    "known_at": "2026-11-16T08:00:02Z",
}
_CHARGE: Final = {"at": "2026-11-03T14:20:00Z", "amount": "100.00", "due": "119.00"}
PARAMETERS: Final[dict[str, Any]] = _ASKED
ANSWERS: Final[dict[str, Any]] = {
    "/v1/bots/{bot}/auto-recharge": {
        "bot": "bot_086a1c405e4bae0e34de",
        "bot_name": "helpdesk",
        "currency": "USD",
        "is_on": True,
        "terms": _TERMS,
        "next_at": "2026-11-16T09:00:02Z",
        "next_amount": None,
        "next_due": None,
        "why_not": "back_off",
        "attempts": [_ATTEMPT],
        "changes": [_TERMS],
    },
    "/v1/bots/{bot}/auto-recharge/preview": {
        "start_at": "2026-11-01T10:00:00Z",
        "end_at": "2026-11-16T08:30:00Z",
        "currency": "USD",
        "charges": [_CHARGE],
        "total": "100.00",
        "due": "119.00",
    },
}
BODIES: Final[dict[str, Any]] = {
    "/v1/bots/{bot}/auto-recharge": {**_ASKED, "method": _TERMS["method"]}
}
