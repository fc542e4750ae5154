"""What is sold, as examples of the document."""

from typing import Any, Final

_EACH: Final[dict[str, Any]] = {"model": "per_unit", "amount": None, "size": None, "tiers": []}
_OFFER: Final = {
    "key": "plan/agent_ai/essential",
    "version": 2,
    "kind": "plan",
    "products": ["agent_ai"],
    "name": "essential",
    "title": "Essential",
    "rank": 0,
    "fees": {"monthly": "30.00", "annual": "300.00"},
    "usage": [
        {
            "unit": "billing_session",
            "included": 250,
            "price": {
                "model": "graduated",
                "amount": None,
                "size": None,
                "tiers": [
                    {"up_to": 5000, "flat": "0.00", "unit": "0.20"},
                    {"up_to": None, "flat": "0.00", "unit": "0.18"},
                ],
                "words": "first 5,000: $0.20 each; further: $0.18 each",
            },
        }
    ],
    "seats": {
        "kind": "named",
        "included": 0,
        "overage": "48.00",
        "monthly": _EACH | {"amount": "40.00", "words": "$40.00 each"},
        "annual": _EACH | {"amount": "384.00", "words": "$384.00 each"},
    },
    "limits": [{"name": "faqs", "value": 1000}],
    "features": ["agent_assist"],
    "trial": {"days": 30, "sessions": None, "seats": 5},
}
_PUBLISHED: Final = {"publication": 3, "currency": "USD", "is_example": False}
_CATALOG: Final = {
    "publication": 3,
    "published_at": "2026-11-01T08:00:00Z",
    "currency": "USD",
    "is_example": False,
    "limits": [{"name": "faqs", "title": "FAQs"}],
    "features": [{"name": "agent_assist", "title": "Agent assistance"}],
    "offers": [_OFFER],
}
_COMPARISON: Final = {
    "product": "agent_ai",
    **_PUBLISHED,
    "plans": [
        {"key": "plan/agent_ai/essential", "version": 2, "name": "essential", "title": "Essential"},
        {"key": "plan/agent_ai/advanced", "version": 1, "name": "advanced", "title": "Advanced"},
    ],
    "rows": [
        {
            "section": "fee",
            "name": "fee_monthly",
            "title": "Fee per month",
            "values": ["30.00", "250.00"],
        },
        {
            "section": "usage",
            "name": "billing_session",
            "title": "Billing sessions",
            "values": ["$0.20 each", "2,500 included, then $0.18 each"],
        },
        {"section": "limits", "name": "faqs", "title": "FAQs", "values": [1000, 5000]},
        {
            "section": "features",
            "name": "agent_assist",
            "title": "Agent assistance",
            "values": [True, True],
        },
    ],
}
ANSWERS: Final[dict[str, Any]] = {
    "/v1/catalog": _CATALOG,
    "/v1/catalog/{product}/comparison": _COMPARISON,
}
"""By path."""
