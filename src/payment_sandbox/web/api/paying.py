"""Payments, setups, saved methods, refunds and disputes."""

import base64
from dataclasses import asdict
from typing import Any, Final

from payment_sandbox import refusals
from payment_sandbox.acts import giving_back, opening, settling
from payment_sandbox.store import database, payments
from payment_sandbox.web.api import shapes
from payment_sandbox.web.api.endpoint import Call

_PAGE_LONGEST: Final = 500


def open_checkout(call: Call) -> dict[str, Any]:
    """A page on which it is paid."""
    wish = call.read(shapes.Checkout).wish()
    return _told(call, opening.open_page(call.db, "checkout", wish, call.key, call.at))


def open_setup(call: Call) -> dict[str, Any]:
    """A page on which a way to pay is saved."""
    wish = call.read(shapes.Setup).wish()
    return _told(call, opening.open_page(call.db, "setup", wish, call.key, call.at))


def charge(call: Call) -> dict[str, Any]:
    """A saved method pays."""
    asked = call.read(shapes.Charge)
    method = payments.get_method(call.db, asked.method)
    return _told(call, opening.charge(call.db, asked.wish(method), method, call.key, call.at))


def look_up(call: Call, key: str) -> dict[str, Any]:
    """A payment as it stands, with its method."""
    return _told(call, opening.look_up(call.db, key, call.at))


def look_up_setup(call: Call, key: str) -> dict[str, Any]:
    """A setup as it stands, with its method."""
    return _told(call, opening.look_up(call.db, key, call.at, is_setup=True))


def cancel(call: Call, key: str) -> dict[str, Any]:
    """Nobody can pay it any more."""
    return _told(call, settling.cancel(call.db, payments.get(call.db, key), call.at))


def release(call: Call, key: str) -> dict[str, Any]:
    """Ends what is processing."""
    is_paid = call.read(shapes.Release).outcome == "succeeded"
    return _told(call, opening.release(call.db, key, call.at, is_paid=is_paid))


def list_payments(call: Call) -> dict[str, Any]:
    """Begun in [start, end), in their order, `limit` at a time."""
    start = database.instant(shapes.instant(call.query.get("start", "0001-01-01"), "start"))
    end = database.instant(shapes.instant(call.query.get("end", "9999-12-31"), "end"))
    limit = _limit(call.query.get("limit", "100"))
    after = _after(call.query.get("after", ""))
    found = payments.select(
        call.db,
        "purpose <> 'setup' and created_at >= ? and created_at < ? and (created_at, id) > (?, ?)"
        " order by created_at, id limit ?",
        *(start, end, *after, limit + 1),
    )
    page = found[:limit]
    told: dict[str, Any] = {"payments": [_told(call, one) for one in page]}
    told["next"] = _cursor(page[-1]) if len(found) > limit else None
    return told


def refund(call: Call, key: str) -> dict[str, Any]:
    """Gives money back."""
    part = call.read(shapes.Part)
    return asdict(giving_back.refund(call.db, key, part.amount_minor, part.reason, call.at))


def look_up_refund(call: Call, key: str) -> dict[str, Any]:
    """As it was made."""
    return asdict(giving_back.get_refund(call.db, key))


def dispute(call: Call, key: str) -> dict[str, Any]:
    """The buyer wants money back by way of their bank."""
    part = call.read(shapes.Part)
    return asdict(giving_back.dispute(call.db, key, part.amount_minor, part.reason, call.at))


def look_up_dispute(call: Call, key: str) -> dict[str, Any]:
    """As it stands."""
    return asdict(giving_back.get_dispute(call.db, key))


def close_dispute(call: Call, key: str) -> dict[str, Any]:
    """Won or lost."""
    is_won = call.read(shapes.Closing).outcome == "won"
    return asdict(giving_back.close(call.db, key, call.at, is_won=is_won))


def list_methods(call: Call) -> dict[str, Any]:
    """Those of one payer."""
    if not (payer := call.query.get("payer")):
        raise refusals.invalid("name the payer", "payer")
    return {"methods": [shapes.method(one) for one in payments.methods(call.db, payer)]}


def look_up_method(call: Call, key: str) -> dict[str, Any]:
    """As it was saved."""
    return shapes.method(payments.get_method(call.db, key))


def change_method(call: Call, key: str) -> dict[str, Any]:
    """What comes of charging it from now on."""
    payments.get_method(call.db, key)
    database.update(call.db, "method", key, later=call.read(shapes.Conduct).checked())
    return look_up_method(call, key)


def delete_method(call: Call, key: str) -> None:
    """It can be charged no longer."""
    payments.get_method(call.db, key)
    database.update(call.db, "method", key, deleted_at=database.instant(call.at))


def _told(call: Call, one: payments.Payment) -> dict[str, Any]:
    told = shapes.payment(one, call.page_url(one.id))
    if one.method is not None:
        row = call.db.execute("select * from method where id = ?", (one.method,)).fetchone()
        told["method"] = shapes.method(payments.Method(**row))
    return told


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _PAGE_LONGEST):
        raise refusals.invalid(f"a number from 1 to {_PAGE_LONGEST}", "limit")
    return int(text)


def _cursor(one: payments.Payment) -> str:
    return base64.urlsafe_b64encode(f"{one.created_at} {one.id}".encode()).decode()


def _after(cursor: str) -> tuple[str, str]:
    if not cursor:
        return "", ""
    try:
        at, key = base64.urlsafe_b64decode(cursor).decode().split(" ")
    except ValueError:
        raise refusals.invalid("what `next` of the page before says", "after") from None
    return at, key
