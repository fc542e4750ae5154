"""The document's examples: one value for each parameter, and one answer of each operation."""

from typing import Any, Final

from quartermaster.interfaces.api.openapi import (
    catalog_examples,
    clock_examples,
    contract_examples,
    entitlement_examples,
    invoice_examples,
    order_examples,
    recharge_examples,
)
from quartermaster.interfaces.api.openapi.event_schemas import Schema

_BOT: Final = {"bot": "bot_086a1c405e4bae0e34de", "bot_name": "helpdesk"}
_PLACE: Final = {"channel": "web", "user": "ada", "unit": "billing_session"}
_BLOCK: Final = {"start_at": "2026-11-20T12:15:00Z", "end_at": "2026-11-20T12:30:00Z"}
_TALK: Final = {"start_at": "2026-11-20T12:00:00Z", "end_at": "2026-11-20T12:18:00Z"}
_CHARGED_AT: Final = "2026-11-20T12:17:04.52Z"
_EVENT: Final = {"type": "message", "bot": "helpdesk", "user": "ada", "sender": "user"}

PARAMETERS: Final[dict[str, Any]] = {
    "X-Request-Id": "import-7",
    "If-None-Match": '"9a0364b9e99bb480dd25e1f0284c8555"',
    "request_id": "import-7",
    "from": "2026-11-19",
    "to": "2026-11-20",
    "time_zone": "Europe/Berlin",
    "bot": "helpdesk",
    "channel": "web",
    "user": "ada",
    "session": "ses_12",
    "id": "chg_7",
    "statement": "stm_50c1c5b6a1d2e3f40516",
    "cursor": "MTc5NTM0ODgwMDAwMDAwMC4z",
    "limit": 100,
    "tolerance_minutes": 5,
    **order_examples.PARAMETERS,
    **invoice_examples.PARAMETERS,
    **recharge_examples.PARAMETERS,
    "name": "faqs",
    "agent": "ann",
}
"""By name; those that are one of a few words need none."""
_OWN: Final[dict[tuple[str, str], Any]] = {("/v1/events/rejected", "cursor"): 4711}


def _period(first: int, last: int) -> Schema:
    days = (f"2026-11-{day}T23:00:00Z" for day in (first, last))
    return dict(zip(("start", "end"), days, strict=True))


def _used(sessions: int, agents: int, paid: str, free: str) -> Schema:
    quantities = {"billing_sessions": sessions, "voice_sessions": 0, "api_sessions": 0}
    quantities |= {"alerts": 2, "notifications": 0}
    return {"quantities": quantities, "agents": agents, "credits": {"paid": paid, "free": free}}


def _group(day: int, *used: Any) -> Schema:
    return {"group": f"2026-11-{day}", **_used(*used)}


_USAGE: Final = {
    "period": _period(18, 20),
    "time_zone": "Europe/Berlin",
    "by": "day",
    "currency": "USD",
    "totals": _used(310, 12, "61.80", "0.20"),
    "rows": [_group(19, 150, 9, "30.00", "0.00"), _group(20, 160, 12, "31.80", "0.20")],
    "previous": {
        "period": _period(16, 18),
        "totals": _used(280, 11, "56.00", "0.00"),
        "rows": [_group(17, 140, 11, "28.00", "0.00"), _group(18, 140, 8, "28.00", "0.00")],
    },
}
_SEATS: Final = {
    "product": "contact_center_ai",
    "period": _period(18, 20),
    "time_zone": "Europe/Berlin",
    "by": "day",
    "concurrent": 2,
    "named": 4,
    "peak": 3,
    "peak_start_at": "2026-11-19T09:58:12Z",
    "peak_end_at": "2026-11-19T10:02:40Z",
    "agents": ["joe", "kim", "lea"],
    "peaks": [{"group": "2026-11-19", "agents": 3}, {"group": "2026-11-20", "agents": 2}],
}
_LINE: Final = {
    "id": "ses_12",
    **_BOT,
    **_PLACE,
    "conversation": "talk-3",
    "conversation_start_at": _TALK["start_at"],
    "conversation_end_at": _TALK["end_at"],
    **_BLOCK,
    "charge_id": "chg_7",
    "charge": "0.20",
    "paid": "0.20",
    "free": "0.00",
    "currency": "USD",
    "paid_by": "paid",
}
_CHARGE: Final = {
    "id": "chg_7",
    "quantity": 1,
    "amount": "0.20",
    "currency": "USD",
    "at": _CHARGED_AT,
    "formula": "1 billing session × $0.20 = $0.20",
    "price": {"id": "prc_1", "amount": "0.20", "from_at": "2026-01-01T00:00:00Z"},
    "plan": None,
    "draws": [{"transfer": "trf_9", "source": "paid", "lot": "lot_2", "amount": "0.20"}],
}
_SESSION: Final = {
    "id": "ses_12",
    **_BOT,
    **_PLACE,
    **_BLOCK,
    "made_at": None,
    "withdrawn_at": None,
    "conversation": {
        "id": "talk-3",
        **_TALK,
        "anchor_at": _TALK["start_at"],
        "messages": 4,
    },
    "messages": [
        {"at": "2026-11-20T12:17:00Z", "type": "message", "sender": "user", "channel": "web"},
        {"at": "2026-11-20T12:18:00Z", "type": "message", "sender": "bot", "channel": "web"},
    ],
    "charges": [_CHARGE],
    "recuts": [],
}
_LOT: Final = {
    "id": "lot_2",
    "source": "paid",
    "bot": _BOT["bot"],
    "granted": "1000.00",
    "remaining": "848.60",
    "used": "151.40",
    "lapsed": "0.00",
    "settled": "0.00",
    "expires_at": None,
    "granted_at": "2026-11-01T08:00:00Z",
}
_FREE: Final = {"id": "lot_1", "source": "free", "bot": None, "granted": "500.00"}
_FREE_LEFT: Final = {"remaining": "499.80", "used": "0.20", "expires_at": "2027-01-30T08:00:00Z"}
_WALLET: Final = {
    **_BOT,
    "currency": "USD",
    "paid": "848.60",
    "free": "499.80",
    "status": "sufficient",
    "may_serve": True,
    "reason": "paid credits",
    "pays_from": "paid",
    "sessions_left": 6742,
    "days_left": "43.5",
    "session_price": "0.20",
    "spent_per_day": "31.00",
    "lots": [_LOT],
}
_TRANSFER: Final = {
    "id": "trf_9",
    "fact": "usage_charged",
    "debit": "wallet",
    "credit": "charged_paid",
    **_BOT,
    "amount": "0.20",
    "currency": "USD",
    "lot": "lot_2",
    "charge": "chg_7",
    "at": _CHARGED_AT,
}
_EXPLAINED: Final = {
    "id": "chg_7",
    "amount": "0.20",
    "currency": "USD",
    "at": _CHARGED_AT,
    "formula": "1 billing session × $0.20 = $0.20",
    "transfer": None,
    "charge": {
        "session": "ses_12",
        **_BOT,
        "unit": "billing_session",
        "slot_at": "2026-11-20T12:15:00Z",
        "charge": _CHARGE,
    },
    "session": _SESSION,
    "deliveries": [],
    "lots": [_LOT],
    "seat_month": None,
}
_REQUEST: Final = {
    "request_id": "import-7",
    "received_at": "2026-11-20T12:17:01.2Z",
    "accepted": 2,
    "rejected": 0,
    "stored": 2,
    "duplicates": 0,
    "conflicts": 0,
    "is_metered": True,
}
_REJECTION: Final = {
    "request_id": "import-7",
    "index": 6,
    "id": "msg-6",
    "code": "unknown_bot",
    "reason": "no bot 'nobody' in this workspace",
    "field": "bot",
    "at": "2026-11-20T12:17:01.2Z",
}
_SUGGESTION: Final = {
    **_BOT,
    "product": "automation_ai",
    "currency": "USD",
    "time_zone": "Europe/Berlin",
    "cycles": [
        {
            "start": "2026-10-20T22:00:00Z",
            "end": "2026-11-19T23:00:00Z",
            "quantities": _used(1_900, 0, "0.00", "0.00")["quantities"] | {"alerts": 0},
            "concurrent": 0,
            "named": 0,
        }
    ],
    "days_of_usage": 27,
    "is_enough": True,
    "options": [
        {
            "key": "plan/automation_ai/advanced",
            "title": "Advanced",
            "version": 2,
            "cadence": "monthly",
            "seats": 0,
            "total": "198.00",
            "per_cycle": "198.00",
            "cycles": ["198.00"],
            "difference": "-182.00",
            "exceeded": [],
            "lost": [],
            "is_open": True,
            "is_current": False,
            "is_cheapest": True,
            "parts": [
                {
                    "what": "fee",
                    "unit": None,
                    "amount": "150.00",
                    "cycles": ["150.00"],
                    "formulas": ["1 × $150.00 = $150.00"],
                },
                {
                    "what": "usage",
                    "unit": "billing_session",
                    "amount": "48.00",
                    "cycles": ["48.00"],
                    "formulas": ["1,500 included + 400 × $0.12 = $48.00"],
                },
            ],
        }
    ],
}
_GATE: Final = {
    "bot": _BOT["bot"],
    "may_serve": True,
    "status": "sufficient",
    "reason": "paid credits",
    "pays_from": "paid",
    "sessions_left": 6742,
    "days_left": "43.5",
}
_TAKEN: Final = {
    "request_id": "import-7",
    "accepted_count": 1,
    "rejected_count": 0,
    "accepted": ["msg-1"],
    "rejected": [],
}
ANSWERS: Final[dict[str, Any]] = {
    "/v1/usage": _USAGE,
    "/v1/seats": _SEATS,
    "/v1/sessions": {"sessions": [_LINE], "next_cursor": None},
    "/v1/sessions/{session}": _SESSION,
    "/v1/explain/{id}": _EXPLAINED,
    "/v1/bots/{bot}/wallet": _WALLET,
    "/v1/bots/{bot}/gate": _GATE,
    "/v1/bots/{bot}/suggestion": _SUGGESTION,
    "/v1/free-credits": {
        "currency": "USD",
        "left": "499.80",
        "expires_at": _FREE_LEFT["expires_at"],
        "lots": [_LOT | _FREE | _FREE_LEFT],
    },
    "/v1/transfers": {"transfers": [_TRANSFER], "next_cursor": None},
    **contract_examples.ANSWERS,
    **catalog_examples.ANSWERS,
    "/v1/clock": clock_examples.CLOCK,
    "post /v1/clock": clock_examples.MOVED,
    "/v1/events": _TAKEN,
    "/v1/events/requests/{request_id}": [_REQUEST],
    "/v1/events/rejected": {"rejections": [_REJECTION], "next_cursor": None},
    **order_examples.ANSWERS,
    **invoice_examples.ANSWERS,
    **recharge_examples.ANSWERS,
    **entitlement_examples.ANSWERS,
}
"""By path; with the method before it where a path has several operations that answer otherwise."""
_BODIES: Final[dict[str, Any]] = {
    "/v1/events": {"id": "msg-1", "time": "2026-11-20T12:17:00Z", **_EVENT},
    **clock_examples.BODIES,
    **order_examples.BODIES,
    **invoice_examples.BODIES,
    **recharge_examples.BODIES,
    **entitlement_examples.BODIES,
}


def add(found: Schema) -> None:
    """Puts them into the document."""
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            for one in operation.get("parameters", []):
                value = _OWN.get((path, one["name"]), PARAMETERS.get(one["name"]))
                if value is not None:
                    one["example"] = value
            answer = next(iter(operation["responses"].values()))
            example = ANSWERS.get(f"{method} {path}", ANSWERS.get(path))
            answer["content"]["application/json"]["example"] = example
    for path, example in _BODIES.items():
        for operation in found["paths"][path].values():
            if "requestBody" in operation:
                operation["requestBody"]["content"]["application/json"]["example"] = example
