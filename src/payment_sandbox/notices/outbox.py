"""Events are noted in the transaction that made them, and sent afterwards."""

import sqlite3
from datetime import datetime, timedelta
from typing import Final, Literal

from payment_sandbox.store import database, settings

Type = Literal[
    "payment.updated", "setup.updated", "refund.updated", "dispute.opened", "wire.arrived"
]
HOLD_SECONDS: Final = 3.0
"""With `reorder`, so long a notice waits for a second one to overtake it."""
TRIES: Final = 10
_LONGEST_SECONDS: Final = 3_600.0


def note(db: sqlite3.Connection, type_: Type, reference: str, at: datetime) -> None:
    """To be sent once the transaction is through. Without an address nothing is."""
    event = database.new_id("evt")
    row = {"id": event, "type": type_, "reference": reference}
    database.insert(db, "event", {**row, "created_at": database.instant(at)})
    if not settings.sending(db).url:
        return
    faults = settings.faults(db)
    due_at = database.instant(at + timedelta(seconds=faults.delay_seconds))
    state = "lost" if faults.lose else "waiting"
    for _ in range(2 if faults.duplicate and not faults.lose else 1):
        database.insert(db, "delivery", {"event": event, "state": state, "due_at": due_at})


def due(db: sqlite3.Connection, at: datetime) -> list[sqlite3.Row]:
    """What is to be sent now, in this order."""
    rows = db.execute(
        "select delivery.*, event.type, event.reference, event.created_at from delivery"
        " join event on event.id = delivery.event"
        " where state = 'waiting' and due_at <= ? order by due_at, delivery.id limit 100",
        (database.instant(at),),
    ).fetchall()
    if not rows or not settings.faults(db).reorder:
        return rows
    held_since = database.instant(at - timedelta(seconds=HOLD_SECONDS))
    is_held = len(rows) < 2 and rows[0]["tries"] == 0 and rows[0]["due_at"] > held_since
    return [] if is_held else rows[::-1]


def delivered(db: sqlite3.Connection, delivery: sqlite3.Row, answer: str) -> None:
    """It arrived."""
    done = {"state": "delivered", "tries": delivery["tries"] + 1, "answer": answer}
    database.update(db, "delivery", delivery["id"], **done)


def failed(db: sqlite3.Connection, delivery: sqlite3.Row, answer: str, at: datetime) -> None:
    """It did not arrive: again later, each time four times as much later, ten times in all."""
    tries = delivery["tries"] + 1
    first = settings.sending(db).first_retry_seconds
    wait = timedelta(seconds=min(first * 4 ** (tries - 1), _LONGEST_SECONDS))
    state = "given_up" if tries >= TRIES else "waiting"
    changes = {"state": state, "due_at": database.instant(at + wait), "answer": answer}
    database.update(db, "delivery", delivery["id"], tries=tries, **changes)


def recent(db: sqlite3.Connection, limit: int) -> list[sqlite3.Row]:
    """What was sent, or is to be, newest first."""
    return db.execute(
        "select delivery.*, event.type, event.reference, event.created_at from delivery"
        " join event on event.id = delivery.event order by delivery.id desc limit ?",
        (limit,),
    ).fetchall()
