"""Examples of invoices and billing profiles: answers and bodies by path."""

from typing import Any, Final

_ORDER: Final = "ord_5b0c7c3f1d2a49e68f10"
INVOICE: Final = {"id": "inv_2f8d4b6a9c1e30571f64", "number": "QM-000123"}
_LISTED: Final = {
    **INVOICE,
    "kind": "invoice",
    "status": "paid",
    "corrects": None,
    "billing_date": "2026-11-16",
    "due_date": "2026-11-16",
    "order": _ORDER,
    "statement": None,
    "customer": "Mercer AG",
    "vat_id": "DE129273398",
    "currency": "USD",
    "net": "80.00",
    "tax": "15.20",
    "total": "95.20",
    "paid": "95.20",
    "credited": "11.90",
    "payment_method": "card",
    "payment_label": "Visa 4242",
}
_NOTE: Final = {
    **_LISTED,
    "id": "inv_9b3c5d7e1f2a40681c35",
    "number": "QM-000131",
    "kind": "credit_note",
    "status": "issued",
    "corrects": INVOICE["number"],
    "net": "10.00",
    "tax": "1.90",
    "total": "11.90",
    "paid": "0.00",
    "credited": "0.00",
}
_PROFILE: Final = {
    "name": "Ann Mercer",
    "company": "Mercer AG",
    "address": ["Lange Str. 7"],
    "city": "Leipzig",
    "postcode": "04103",
    "country": "DE",
    "vat_id": "DE129273398",
    "email": "billing@mercer.example",
}
_SELLER: Final = {
    "name": "Billing",
    "company": "Parley GmbH",
    "address": ["Torstr. 1"],
    "city": "Berlin",
    "postcode": "10119",
    "country": "DE",
    "vat_id": "DE136695976",
    "email": "",
}
_LINE: Final = {
    "number": 1,
    "description": "Advanced, monthly fee",
    "detail": "helpdesk",
    "quantity": 1,
    "unit_price": "80.00",
    "amount": "80.00",
    "tax_category": "S",
    "tax_rate": "19",
    "tax": "15.20",
    "start_date": "2026-11-16",
    "end_date": "2026-11-30",
    "made_of": {
        "kind": "order",
        "id": _ORDER,
        "line": 1,
        "url": f"/v1/orders/{_ORDER}",
        "formula": "$160.00 × 1,296,000 s / 2,592,000 s = $80.00",
        "bots": [],
    },
}
_SHOWN: Final = {
    **_LISTED,
    "reason": "",
    "seller": _SELLER,
    "buyer": _PROFILE,
    "lines": [_LINE],
    "taxes": [{"category": "S", "rate": "19", "net": "80.00", "tax": "15.20"}],
    "credit_notes": [_NOTE],
}
PARAMETERS: Final[dict[str, Any]] = {"invoice": INVOICE["number"]}
ANSWERS: Final[dict[str, Any]] = {
    "/v1/invoices": {"invoices": [_NOTE, _LISTED], "next_cursor": None},
    "/v1/invoices/{invoice}": _SHOWN,
    "/v1/billing-profile": _PROFILE,
}
BODIES: Final[dict[str, Any]] = {"/v1/billing-profile": _PROFILE}
