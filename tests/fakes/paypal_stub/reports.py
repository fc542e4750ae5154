"""PayPal's list of transactions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.loopback import Asked, No

Thing = dict[str, Any]
KNOWN = {"start_date", "end_date", "fields", "page_size", "page"}
STATUSES = {"DECLINED": "D", "FAILED": "D", "PENDING": "P"}


def page(asked: Asked, rows: list[Thing], most_rows: int, most_items: int) -> Thing:
    """Of the rows within the time that is asked for, which is limited, as their number is."""
    assert asked.query.keys() == KNOWN
    start, end = (datetime.fromisoformat(asked.query[name]) for name in ("start_date", "end_date"))
    if end - start > timedelta(days=31):
        raise No(400, {"name": "INVALID_REQUEST", "message": "Date range is greater than 31"})
    found = [row for row in rows if start <= datetime.fromisoformat(row[AT]) <= end]
    if len(found) > most_items:
        words = "Result set size is greater than the maximum limit."
        raise No(400, {"name": "RESULTSET_TOO_LARGE", "message": words})
    size, number = min(int(asked.query["page_size"]), most_rows), int(asked.query["page"])
    part = found[(number - 1) * size : number * size]
    told = [{"transaction_info": row} for row in part]
    return {"transaction_details": told, "page": number, "total_pages": -(-len(found) // size)}


def rows(payments: Iterable[Thing]) -> list[Thing]:
    """The captures and refunds of orders."""
    found = []
    for each in payments:
        for taken in each["captures"]:
            found.append(row(taken, "T0006", taken["amount"]["value"], taken["invoice_id"]))
            for back in each["refunds"]:
                given = row(back, "T1107", f"-{back['amount']['value']}", taken["invoice_id"])
                found.append(given | about(taken))
    return found


def row(thing: Thing, code: str, value: str, invoice: str = "") -> Thing:
    """One transaction."""
    return {
        "transaction_id": thing["id"],
        "transaction_event_code": code,
        AT: thing["create_time"].replace("+00:00", "+0000"),
        "transaction_amount": {"currency_code": thing["amount"]["currency_code"], "value": value},
        "transaction_status": STATUSES.get(thing["status"], "S"),
        "invoice_id": invoice,
    }


def about(capture: Thing) -> Thing:
    """What names the payment that another transaction is about."""
    return {"paypal_reference_id": capture["id"], "paypal_reference_id_type": "TXN"}


AT = "transaction_initiation_date"
