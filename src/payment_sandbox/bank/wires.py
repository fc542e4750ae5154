"""Wires: expected, arrived, or never."""

import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from payment_sandbox.acts import settling
from payment_sandbox.notices import outbox
from payment_sandbox.store import database, payments

HOLDER: Final = "Sandbox Merchant Ltd"
BANK: Final = "Sandbox Bank"
IBAN: Final = "GB33BUKB20201555555555"
BIC: Final = "BUKBGB22"


@dataclass(frozen=True)
class Entry:
    """Money that came into the account. `payment`: the one that has its reference."""

    id: str
    amount_minor: int
    currency: str
    reference: str
    payer: str
    booked_at: str
    payment: str | None = None


@dataclass(frozen=True)
class Wire:
    """What somebody sends."""

    amount_minor: int
    currency: str
    reference: str
    payer: str = "A. Buyer"


def expected(db: sqlite3.Connection) -> list[payments.Payment]:
    """Wires that are on their way, oldest first."""
    return payments.select(db, "is_awaited = 1 order by created_at, id")


def arrive(db: sqlite3.Connection, wire: Wire, at: datetime) -> Entry:
    """The account has the money. The payment with this reference succeeds if it is exactly the
    amount and the first to arrive; what is less, more, or of no known reference is for people."""
    payment = _payment(db, wire.reference)
    entry = Entry(
        id=database.new_id("bank"),
        booked_at=database.instant(at),
        payment=payment.id if payment else None,
        **asdict(wire),
    )
    is_first = payment is not None and not entries_of(db, payment.id)
    database.insert(db, "bank_entry", asdict(entry))
    if payment and payment.state == "open" and is_first:
        if (payment.amount_minor, payment.currency) == (wire.amount_minor, wire.currency):
            settling.succeed(db, payment, at)
        else:
            database.update(db, "payment", payment.id, is_awaited=0)
    outbox.note(db, "wire.arrived", payment.id if payment else entry.id, at)
    return entry


def never(db: sqlite3.Connection, key: str) -> None:
    """It is not expected any more. Nobody is told, as with real wires."""
    database.update(db, "payment", payments.get(db, key).id, is_awaited=0)


def entries(db: sqlite3.Connection, start: str, end: str) -> list[Entry]:
    """Booked in [start, end), in their order. Instants as they are stored."""
    rows = db.execute(
        "select * from bank_entry where booked_at >= ? and booked_at < ? order by booked_at, id",
        (start, end),
    )
    return [Entry(**row) for row in rows]


def entries_of(db: sqlite3.Connection, payment: str) -> list[Entry]:
    """What arrived for one payment, in its order."""
    rows = db.execute(
        "select * from bank_entry where payment = ? order by booked_at, id", (payment,)
    )
    return [Entry(**row) for row in rows]


def _payment(db: sqlite3.Connection, reference: str) -> payments.Payment | None:
    """The one with this reference: the newest, where several had it; those that wait first."""
    wanted = "".join(letter for letter in reference.upper() if letter.isalnum())
    plain = "replace(replace(upper(wire_reference), '-', ''), '_', '')"
    order = "order by state = 'open' desc, created_at desc limit 1"
    where = f"wire_reference <> '' and {plain} = ? {order}"
    return next(iter(payments.select(db, where, wanted)), None)
