"""The document's examples of contracts and statements."""

from typing import Any, Final

from quartermaster.interfaces.api.openapi.event_schemas import Schema

_CYCLE: Final = {"start": "2026-10-31T23:00:00Z", "end": "2026-11-30T23:00:00Z"}
_MODEL: Final[Schema] = {"model": "per_unit", "amount": "0.12", "size": None, "tiers": []}
_STATEMENT_LINE: Final = {
    "what": "usage",
    "of": "billing_session",
    "description": "Billing sessions, as agreed",
    "quantity": 12_000,
    "formula": "10,000 included + 2,000 × $0.12 = $240.00",
    "amount": "240.00",
    **_CYCLE,
    "bots": [
        {
            "bot": "bot_086a1c405e4bae0e34de",
            "bot_name": "helpdesk",
            "quantity": 12_000,
            "sessions": "/v1/sessions?bot=bot_086a1c405e4bae0e34de&unit=billing_session"
            "&from=2026-11-01&to=2026-11-30",
        }
    ],
    "order": None,
    "corrects": None,
}
_CONTRACT: Final = {
    "id": "con_7d0e5cf1a2b3c4d5e6f7",
    "months": 1,
    "anchor_date": "2026-01-01",
    "currency": "USD",
    "commitment": "200.00",
    "net_days": 30,
    "start": "2025-12-31T23:00:00Z",
    "end": None,
    "prices": [
        {
            "what": "billing_session",
            "kind": None,
            "included": 10_000,
            "price": _MODEL | {"words": "$0.12 each"},
            "start": "2025-12-31T23:00:00Z",
            "end": None,
        }
    ],
    "so_far": _CYCLE | {"due_date": "2026-12-31", "total": "240.00", "lines": [_STATEMENT_LINE]},
}
_STATEMENT: Final = {
    "id": "stm_50c1c5b6a1d2e3f40516",
    "contract": "con_7d0e5cf1a2b3c4d5e6f7",
    "number": 11,
    **_CYCLE,
    "due_date": "2026-12-31",
    "currency": "USD",
    "commitment": "200.00",
    "total": "240.00",
    "closed_at": "2026-12-01T00:07:00Z",
}
ANSWERS: Final[dict[str, Any]] = {
    "/v1/contract": _CONTRACT,
    "/v1/statements": {"statements": [_STATEMENT]},
    "/v1/statements/{statement}": _STATEMENT | {"lines": [_STATEMENT_LINE]},
}
"""By path."""
