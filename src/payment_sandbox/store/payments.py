"""Payments, setups and saved methods as they are kept."""

import json
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

from payment_sandbox import cards, refusals
from payment_sandbox.store import database

SETTLED = frozenset({"succeeded", "declined", "canceled"})
PAYABLE = frozenset({"open", "confirming"})


@dataclass(frozen=True)
class Payment:
    """A payment, or a setup (`purpose`) that only saves a way to pay. `key` is the caller's.
    `kept`, `password`, `tries`: of the buyer who is about to confirm. `looks`: how often a payment
    that is processing has been asked for. `lost_minor`: of what is disputed, what was lost.
    `is_awaited`: a wire the bank expects."""

    id: str
    purpose: str
    kind: str
    state: str
    key: str
    created_at: str
    changed_at: str
    amount_minor: int = 0
    currency: str = ""
    description: str = ""
    metadata: str = "{}"
    return_url: str = ""
    is_saved: int = 0
    payer: str = ""
    code: str = ""
    reason: str = ""
    method: str | None = None
    kept: str = ""
    password: str = ""
    tries: int = 0
    looks: int = 0
    refunded_minor: int = 0
    disputed_minor: int = 0
    lost_minor: int = 0
    wire_reference: str = ""
    is_awaited: int = 0

    @property
    def is_setup(self) -> bool:
        """Nothing is paid."""
        return self.purpose == "setup"

    @property
    def left_minor(self) -> int:
        """What may still be given back."""
        gone = self.refunded_minor + self.disputed_minor
        return self.amount_minor - gone if self.state == "succeeded" else 0

    @property
    def who(self) -> cards.Kept | None:
        """What the buyer pays with, once they said so."""
        return cards.Kept(**json.loads(self.kept)) if self.kept else None


@dataclass(frozen=True)
class Method:
    """A saved way to pay. `later` decides what comes of charging it."""

    id: str
    kind: str
    payer: str
    label: str
    later: str
    brand: str
    last_four: str
    expires_month: int
    expires_year: int
    created_at: str
    deleted_at: str | None = None


def add(db: sqlite3.Connection, payment: Payment) -> None:
    """A new one."""
    database.insert(db, "payment", asdict(payment))


def find(db: sqlite3.Connection, key: str) -> Payment | None:
    """By id."""
    row = db.execute("select * from payment where id = ?", (key,)).fetchone()
    return Payment(**row) if row else None


def get(db: sqlite3.Connection, key: str, *, is_setup: bool | None = None) -> Payment:
    """By id; Refusal where there is none, or not of this sort."""
    found = find(db, key)
    if found is None or is_setup not in (None, found.is_setup):
        raise refusals.missing("setup" if is_setup else "payment")
    return found


def select(db: sqlite3.Connection, where: str, *values: Any) -> list[Payment]:
    """All that a condition of ours holds for."""
    rows = db.execute(f"select * from payment where {where}", values)
    return [Payment(**row) for row in rows]


def add_method(db: sqlite3.Connection, method: Method) -> None:
    """A new one."""
    database.insert(db, "method", asdict(method))


def find_method(db: sqlite3.Connection, key: str | None) -> Method | None:
    """By id, while it is kept."""
    row = db.execute("select * from method where id = ? and deleted_at is null", (key,)).fetchone()
    return Method(**row) if row else None


def get_method(db: sqlite3.Connection, key: str) -> Method:
    """By id; Refusal where there is none, or no longer."""
    found = find_method(db, key)
    if found is None:
        raise refusals.Refusal(404, "not_found", "there is no such saved method", "method")
    return found


def methods(db: sqlite3.Connection, payer: str) -> list[Method]:
    """Those of one payer, oldest first."""
    rows = db.execute(
        "select * from method where payer = ? and deleted_at is null order by created_at, id",
        (payer,),
    )
    return [Method(**row) for row in rows]
