"""What a payment comes to."""

import sqlite3
from dataclasses import asdict, replace
from datetime import datetime

from payment_sandbox import cards
from payment_sandbox.notices import outbox
from payment_sandbox.store import database, payments
from payment_sandbox.store.payments import Method, Payment


def succeed(db: sqlite3.Connection, payment: Payment, at: datetime) -> Payment:
    """It is paid; the way to pay is saved if that was asked for."""
    method = payment.method
    if payment.who and method is None and (payment.is_setup or payment.is_saved):
        method = _save(db, payment, payment.who, at)
    changed = replace(payment, state="succeeded", method=method, password="", is_awaited=0)
    return change(db, changed, at)


def decline(db: sqlite3.Connection, payment: Payment, code: str, at: datetime) -> Payment:
    """It is not paid, and never will be."""
    reason = cards.REASONS[code]
    changed = replace(payment, state="declined", code=code, reason=reason, password="")
    return change(db, replace(changed, is_awaited=0), at)


def cancel(db: sqlite3.Connection, payment: Payment, at: datetime) -> Payment:
    """Nobody can pay it any more. What is settled or under way stays as it is."""
    if payment.state not in payments.PAYABLE:
        return payment
    changed = replace(payment, state="canceled", code="canceled", password="", is_awaited=0)
    return change(db, replace(changed, reason=cards.REASONS["canceled"]), at)


def conclude(
    db: sqlite3.Connection, payment: Payment, conduct: cards.Conduct, at: datetime
) -> Payment:
    """As the way to pay has it, where nobody need confirm anything."""
    if conduct is cards.Conduct.SUCCEEDS:
        return succeed(db, payment, at)
    if conduct is cards.Conduct.UNKNOWN:
        return change(db, replace(payment, state="processing"), at)
    return decline(db, payment, conduct.value, at)


def change(db: sqlite3.Connection, payment: Payment, at: datetime) -> Payment:
    """Kept as it is now, and told."""
    changed = replace(payment, changed_at=database.instant(at))
    columns = asdict(changed)
    database.update(db, "payment", columns.pop("id"), **columns)
    outbox.note(db, "setup.updated" if payment.is_setup else "payment.updated", payment.id, at)
    return changed


def _save(db: sqlite3.Connection, payment: Payment, who: cards.Kept, at: datetime) -> str:
    payer = payment.payer or database.new_id("payer")
    method = Method(
        id=database.new_id("method"),
        kind=payment.kind,
        payer=payer,
        created_at=database.instant(at),
        **asdict(who),
    )
    payments.add_method(db, method)
    return method.id
