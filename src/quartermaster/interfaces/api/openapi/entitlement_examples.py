"""Examples of what is answered about entitlements and seats."""

from typing import Any, Final

_BOT: Final = "bot_086a1c405e4bae0e34de"
_FAQS: Final = {"limit": 1000, "used": 640, "left": 360, "is_exceeded": False}
_ON_SEATS: Final = {"bot": _BOT, "product": "agent_ai", "agent": "ann"}
_TAKEN_SEATS: Final = {"used": 8, "left": 2, "policy": "refuse"}
_ENTITLED: Final = {
    "product": "agent_ai",
    "plan": {"key": "plan/agent_ai/essential", "title": "Essential", "is_trial": False},
    "limits": [{"name": "faqs", **_FAQS}],
    "features": [{"name": "agent_assist", "is_given": True, "given_by": "plan/agent_ai/essential"}],
    "add_ons": [{"name": "advanced_rag", "is_given": False, "given_by": None}],
    "seats": {"kind": "named", "bought": 10, **_TAKEN_SEATS, "is_exceeded": False},
}
ANSWERS: Final[dict[str, Any]] = {
    "/v1/bots/{bot}/entitlements": {
        "bot": _BOT,
        "support": "support/basic",
        "products": [_ENTITLED],
    },
    "/v1/bots/{bot}/entitlements/{name}": {
        "bot": _BOT,
        "product": "agent_ai",
        "name": "faqs",
        "kind": "limit",
        "may_use": True,
        **_FAQS,
        "given_by": None,
    },
    "/v1/bots/{bot}/limits/{name}": {
        "bot": _BOT,
        "product": "agent_ai",
        "name": "faqs",
        **_FAQS,
    },
    "/v1/bots/{bot}/seats/check": {
        **_ON_SEATS,
        "may_log_in": True,
        "status": "seated",
        "reason": "the agent has a seat",
        "kind": "named",
        "seats": 10,
        **_TAKEN_SEATS,
    },
    "/v1/bots/{bot}/seats/{product}/{agent}": {
        **_ON_SEATS,
        "assigned_at": "2026-11-20T12:15:00Z",
    },
}
"""By path."""
BODIES: Final[dict[str, Any]] = {
    "/v1/bots/{bot}/limits/{name}": {"used": 180},
    "/v1/bots/{bot}/seats/check": {"product": "contact_center_ai", "agent": "ann"},
}
"""By path, of what is sent there."""
