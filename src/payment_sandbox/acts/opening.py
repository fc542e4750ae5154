"""Checkouts and setups begin; saved methods are charged."""

import json
import secrets
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from payment_sandbox import cards
from payment_sandbox.acts import settling
from payment_sandbox.store import database, payments
from payment_sandbox.store.payments import Payment

LOOKS_UNTIL_KNOWN: Final = 3
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Wish:
    """What is to be paid, by whom and how. A setup has no amount."""

    kind: str
    amount_minor: int = 0
    currency: str = ""
    description: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    return_url: str = ""
    is_saved: bool = False
    payer: str = ""
    wire_reference: str = ""


def open_page(db: sqlite3.Connection, purpose: str, wish: Wish, key: str, at: datetime) -> Payment:
    """A checkout or a setup, and thereby its page. The bank expects a wire from now on."""
    made = _new(purpose, wish, key, at)
    payments.add(db, made)
    return made


def charge(
    db: sqlite3.Connection, wish: Wish, method: payments.Method, key: str, at: datetime
) -> Payment:
    """Has a saved method pay while nobody is there."""
    made = _new("charge", wish, key, at, method.id)
    payments.add(db, made)
    return settling.conclude(db, made, _conduct(method, at), at)


def look_up(db: sqlite3.Connection, key: str, at: datetime, *, is_setup: bool = False) -> Payment:
    """As it stands. What is processing is known when it is asked for the third time."""
    found = payments.get(db, key, is_setup=is_setup)
    if found.state != "processing":
        return found
    database.update(db, "payment", key, looks=found.looks + 1)
    if found.looks + 1 < LOOKS_UNTIL_KNOWN:
        return found
    return settling.succeed(db, payments.get(db, key), at)


def release(db: sqlite3.Connection, key: str, at: datetime, *, is_paid: bool) -> Payment:
    """Settles what is processing; anything else stays as it is."""
    found = payments.get(db, key)
    if found.state != "processing":
        return found
    if is_paid:
        return settling.succeed(db, found, at)
    return settling.decline(db, found, "declined", at)


def _conduct(method: payments.Method, at: datetime) -> cards.Conduct:
    if method.kind == "card":
        last_day = cards.last_day(method.expires_month, method.expires_year)
        if at.date() > last_day:
            return cards.Conduct.EXPIRED_CARD
    return cards.Conduct(method.later)


def _new(purpose: str, wish: Wish, key: str, at: datetime, method: str | None = None) -> Payment:
    is_wire = wish.kind == "wire"
    return Payment(
        id=database.new_id("set" if purpose == "setup" else "pay"),
        purpose=purpose,
        kind=wish.kind,
        state="open",
        key=key,
        created_at=database.instant(at),
        changed_at=database.instant(at),
        amount_minor=wish.amount_minor,
        currency=wish.currency,
        description=wish.description,
        metadata=json.dumps(wish.metadata),
        return_url=wish.return_url,
        is_saved=int(wish.is_saved),
        payer=wish.payer,
        method=method,
        wire_reference=(wish.wire_reference or _reference()) if is_wire else "",
        is_awaited=int(is_wire),
    )


def _reference() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"SBX-{letters[:4]}-{letters[4:]}"
