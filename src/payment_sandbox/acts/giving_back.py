"""Refunds and disputes. Together they never exceed what was paid."""

import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime

from payment_sandbox import money, refusals
from payment_sandbox.notices import outbox
from payment_sandbox.store import database, payments
from payment_sandbox.store.payments import Payment


@dataclass(frozen=True)
class Refund:
    """So much of a payment went back to who paid."""

    id: str
    payment: str
    amount_minor: int
    reason: str
    created_at: str


@dataclass(frozen=True)
class Dispute:
    """Who paid wants so much back by way of their bank. Won: by whom the money went to."""

    id: str
    payment: str
    amount_minor: int
    reason: str
    state: str
    created_at: str


def refund(
    db: sqlite3.Connection, key: str, amount_minor: int | None, reason: str, at: datetime
) -> Refund:
    """Gives back an amount, or all that is left of it."""
    payment = payments.get(db, key, is_setup=False)
    amount = _allowed(payment, amount_minor)
    made = Refund(database.new_id("ref"), key, amount, reason, database.instant(at))
    database.insert(db, "refund", asdict(made))
    database.update(db, "payment", key, refunded_minor=payment.refunded_minor + amount)
    outbox.note(db, "refund.updated", key, at)
    return made


def dispute(
    db: sqlite3.Connection, key: str, amount_minor: int | None, reason: str, at: datetime
) -> Dispute:
    """Takes an amount, or all that is left, until it is settled whose it is."""
    payment = payments.get(db, key, is_setup=False)
    amount = _allowed(payment, amount_minor)
    made = Dispute(database.new_id("dsp"), key, amount, reason, "open", database.instant(at))
    database.insert(db, "dispute", asdict(made))
    database.update(db, "payment", key, disputed_minor=payment.disputed_minor + amount)
    outbox.note(db, "dispute.opened", key, at)
    return made


def close(db: sqlite3.Connection, key: str, at: datetime, *, is_won: bool) -> Dispute:
    """Won, the money comes back. A dispute that is closed stays as it is."""
    found = get_dispute(db, key)
    if found.state == "open":
        database.update(db, "dispute", key, state="won" if is_won else "lost")
        of = payments.get(db, found.payment)
        if is_won:
            left = of.disputed_minor - found.amount_minor
            database.update(db, "payment", of.id, disputed_minor=left)
        else:
            database.update(db, "payment", of.id, lost_minor=of.lost_minor + found.amount_minor)
        outbox.note(db, "payment.updated", found.payment, at)
    return get_dispute(db, key)


def get_refund(db: sqlite3.Connection, key: str) -> Refund:
    """By id."""
    row = db.execute("select * from refund where id = ?", (key,)).fetchone()
    if row is None:
        raise refusals.missing("refund")
    return Refund(**row)


def get_dispute(db: sqlite3.Connection, key: str) -> Dispute:
    """By id."""
    row = db.execute("select * from dispute where id = ?", (key,)).fetchone()
    if row is None:
        raise refusals.missing("dispute")
    return Dispute(**row)


def refunds(db: sqlite3.Connection, payment: str) -> list[Refund]:
    """Of one payment, in their order."""
    rows = db.execute("select * from refund where payment = ? order by created_at", (payment,))
    return [Refund(**row) for row in rows]


def disputes(db: sqlite3.Connection, payment: str) -> list[Dispute]:
    """Of one payment, in their order."""
    rows = db.execute("select * from dispute where payment = ? order by created_at", (payment,))
    return [Dispute(**row) for row in rows]


def _allowed(payment: Payment, amount_minor: int | None) -> int:
    if payment.state != "succeeded":
        raise refusals.Refusal(422, "not_paid", "the payment has not been paid", "payment")
    amount = payment.left_minor if amount_minor is None else amount_minor
    if not 0 < amount <= payment.left_minor:
        left = money.words(payment.left_minor, payment.currency)
        raise refusals.Refusal(
            422, "more_than_paid", f"at most {left} is left to give back", "amount_minor"
        )
    return amount
