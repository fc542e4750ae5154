"""Examples of subscriptions and orders: answers and bodies by path."""

from typing import Any, Final

from quartermaster.interfaces.api.openapi import invoice_examples

_BOT: Final = {"bot": "bot_086a1c405e4bae0e34de", "bot_name": "helpdesk"}
_ORDER_ID: Final = "ord_5b0c7c3f1d2a49e68f10"
_ESSENTIAL: Final = "plan/contact_center_ai/essential"
_CYCLE: Final = {
    "cycle_start_at": "2026-11-01T00:00:00Z",
    "cycle_end_at": "2026-12-01T00:00:00Z",
}
_UPGRADE: Final = {
    "title": "Advanced",
    "offer": "plan/contact_center_ai/advanced",
    "version": 1,
    "cadence": "monthly",
    "seats": 2,
    **_CYCLE,
}
_REST: Final = {"start_at": "2026-11-16T00:00:00Z", "end_at": "2026-12-01T00:00:00Z"}
_LINES: Final = [
    {
        "what": "unused",
        "description": "Unused: Essential, monthly fee",
        "quantity": 1,
        "amount": "-30.00",
        "formula": "−($60.00 × 1,296,000 s / 2,592,000 s) = −$30.00",
        **_REST,
    },
    {
        "what": "fee",
        "description": "Advanced, monthly fee",
        "quantity": 1,
        "amount": "80.00",
        "formula": "$160.00 × 1,296,000 s / 2,592,000 s = $80.00",
        **_REST,
    },
]
_SUBSCRIPTION: Final = {
    "id": "sub_0d3f6f0e8f3e4b5c9a77",
    **_BOT,
    "kind": "plan",
    "place": "contact_center_ai",
    "state": "active",
    **_UPGRADE,
    "next": {"offer": _ESSENTIAL, "version": 2, "cadence": "monthly", "seats": 2},
    "is_ending": False,
    "failed_at": None,
    "attempt_at": None,
    "started_at": "2026-11-01T00:00:00Z",
    "canceled_at": None,
}
_TRIAL: Final = {
    "title": "Essential",
    "offer": _ESSENTIAL,
    "version": 2,
    "state": "trialing",
    "next": None,
}
_ORDER: Final = {
    "id": _ORDER_ID,
    **_BOT,
    "subscription": _SUBSCRIPTION["id"],
    "kind": "modify",
    "state": "fulfilled",
    "place": "contact_center_ai",
    **_UPGRADE,
    "currency": "USD",
    "total": "50.00",
    "tax": "0.00",
    "due": "0.00",
    "paid": "50.00",
    "refunded": "10.00",
    "ordered_at": _REST["start_at"],
    "settled_at": "2026-11-16T00:00:41Z",
    "invoice": invoice_examples.INVOICE,
}
_PAYMENT: Final = {
    "id": "pay_9a1f0b6d7c2e4f83a5d1",
    "kind": "card",
    "provider": "stripe",
    "method": "pm_4e0c9a7d5b1f28364a90",
    "amount": "50.00",
    "outcome": "succeeded",
    "code": None,
    "reason": "",
    "url": None,
    "disputed": "0.00",
    "lost": "0.00",
    "disputed_at": None,
    "begun_at": "2026-11-16T00:00:40Z",
    "known_at": "2026-11-16T00:00:41Z",
    "refunds": [
        {
            "id": "ref_7d1b0c5e9a3f42681d70",
            "amount": "10.00",
            "is_outside": False,
            "outcome": "succeeded",
            "reason": "agreed by phone",
            "by": "operator",
            "begun_at": "2026-11-17T09:00:00Z",
            "known_at": "2026-11-17T09:00:02Z",
        }
    ],
}
_BY: Final = {"at": "2026-11-16T00:00:41Z", "by": "quartermaster"}
_STEPS: Final = [
    {"event": "paid", "state": "paid", **_BY},
    {"event": "fulfilled", "state": "fulfilled", **_BY},
    {
        "event": "refunded_in_part",
        "state": "fulfilled",
        "at": "2026-11-17T09:00:02Z",
        "by": "operator",
    },
]
_WHOLE: Final = {**_ORDER, "lines": _LINES, "payments": [_PAYMENT], "steps": _STEPS, "wire": None}
_NOTHING: Final[dict[str, Any]] = {
    "paid": "0.00",
    "refunded": "0.00",
    "settled_at": None,
    "invoice": None,
    "payments": [],
    "steps": [],
}
_FUNDS_LINE: Final = {
    "what": "funds",
    "description": "Credit for helpdesk",
    "quantity": 1,
    "amount": "100.00",
    "formula": "$100.00",
    "start_at": "2026-11-16T00:00:00Z",
    "end_at": "2026-11-16T00:00:00Z",
}
_FUNDS: Final = {
    **_WHOLE,
    "subscription": None,
    "kind": "funds",
    "state": "awaiting_payment",
    "place": "funds",
    "title": "Credit",
    "offer": None,
    "version": None,
    "cadence": None,
    "seats": 0,
    "cycle_start_at": None,
    "cycle_end_at": None,
    "total": "100.00",
    "due": "100.00",
    **_NOTHING,
    "lines": [_FUNDS_LINE],
}
_METHOD: Final = {
    "id": "pm_4e0c9a7d5b1f28364a90",
    "kind": "card",
    "provider": "stripe",
    "label": "Visa 4242",
    "brand": "visa",
    "last_four": "4242",
    "expires_date": "2029-12-31",
    "is_expired": False,
    "is_default": True,
    "added_at": "2026-11-01T10:00:00Z",
}
_SETUP: Final = {
    "id": "set_1c9e4a7b3d5f60821e94",
    "kind": "card",
    "url": "https://pay.example.com/setups/1c9e4a7b",
    "outcome": None,
    "method": None,
    "begun_at": "2026-11-01T09:58:00Z",
}
_VISIT: Final = {"method": "card", "return_url": "https://example.com/paid"}
_PREVIEW: Final = {
    "is_now": True,
    "offer": _UPGRADE["offer"],
    "title": "Advanced",
    "cadence": "monthly",
    "seats": 2,
    **_CYCLE,
    "currency": "USD",
    "total": "50.00",
    "tax": "0.00",
    "due": "50.00",
    "lines": _LINES,
}
_WANTED: Final = {"offer": _UPGRADE["offer"], "cadence": "monthly", "seats": 2}

PARAMETERS: Final[dict[str, Any]] = {
    "Idempotency-Key": "upgrade-2026-11",
    "order": _ORDER_ID,
    "place": "contact_center_ai",
    "method": _METHOD["id"],
    "setup": _SETUP["id"],
    "provider": "stripe",
}
ANSWERS: Final[dict[str, Any]] = {
    "/v1/bots/{bot}/subscriptions": {"subscriptions": [_SUBSCRIPTION], "support": "support/basic"},
    "/v1/bots/{bot}/subscriptions/preview": _PREVIEW,
    "/v1/bots/{bot}/subscriptions/{place}/cancel": {
        **_SUBSCRIPTION,
        "next": None,
        "is_ending": True,
    },
    "/v1/bots/{bot}/subscriptions/{place}/keep": {**_SUBSCRIPTION, "next": None},
    "/v1/bots/{bot}/orders": {
        **_WHOLE,
        "state": "awaiting_payment",
        **_NOTHING,
        "due": "50.00",
    },
    "/v1/bots/{bot}/trials": {**_SUBSCRIPTION, **_TRIAL},
    "/v1/orders": {"orders": [_ORDER], "next_cursor": None},
    "/v1/orders/{order}": _WHOLE,
    "/v1/orders/{order}/pay": _WHOLE,
    "/v1/orders/{order}/cancel": {**_WHOLE, "state": "canceled", **_NOTHING},
    "/v1/orders/{order}/submit": _FUNDS,
    "/v1/orders/{order}/wire": {
        **_FUNDS,
        "state": "pending_clearance",
        "wire": {"received": "40.00", "missing": "60.00", "unneeded": "0.00"},
    },
    "/v1/orders/{order}/checkout": {
        "order": _ORDER_ID,
        "payment": _PAYMENT["id"],
        "url": "https://pay.example.com/checkouts/9a1f0b6d",
    },
    "/v1/bots/{bot}/funds": _FUNDS,
    "/v1/payment-methods": {"methods": [_METHOD]},
    "/v1/payment-methods/setups": _SETUP,
    "/v1/payment-methods/setups/{setup}": {
        **_SETUP,
        "url": None,
        "outcome": "succeeded",
        "method": _METHOD,
    },
    "/v1/payment-methods/{method}/default": _METHOD,
    "/v1/payment-methods/{method}/replace": _METHOD,
    "/v1/payment-methods/{method}": {**_METHOD, "is_default": False},
    "/v1/notices/{provider}": {"id": "evt_1PzQ3rKx"},
}
BODIES: Final[dict[str, Any]] = {
    "/v1/bots/{bot}/subscriptions/preview": _WANTED,
    "/v1/bots/{bot}/orders": _WANTED,
    "/v1/bots/{bot}/trials": {"offer": _ESSENTIAL},
    "/v1/bots/{bot}/funds": {"amount": "100.00"},
    "/v1/orders/{order}/checkout": {**_VISIT, "is_saved": True},
    "/v1/orders/{order}/pay": {"method": _METHOD["id"]},
    "/v1/payment-methods/setups": _VISIT,
    "/v1/payment-methods/{method}/replace": {"by": _METHOD["id"]},
}
