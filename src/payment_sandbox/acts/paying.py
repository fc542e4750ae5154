"""What the buyer does on the pages. Each act counts once: what is settled stays as it is."""

import json
import secrets
import sqlite3
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Final

from payment_sandbox import cards
from payment_sandbox.acts import settling
from payment_sandbox.cards import Conduct
from payment_sandbox.store import payments
from payment_sandbox.store.payments import Payment

TRIES: Final = 3


@dataclass(frozen=True)
class TestAccount:
    """What comes of paying with it now, and later."""

    title: str
    now: Conduct = Conduct.SUCCEEDS
    later: Conduct = Conduct.SUCCEEDS


ACCOUNTS: Final = {
    "buyer": TestAccount("Succeeds, as any other"),
    "declined": TestAccount("Declined", Conduct.DECLINED, Conduct.DECLINED),
    "insufficient": TestAccount(
        "Insufficient funds", Conduct.INSUFFICIENT_FUNDS, Conduct.INSUFFICIENT_FUNDS
    ),
    "unknown": TestAccount("Outcome unknown at first", Conduct.UNKNOWN, Conduct.UNKNOWN),
    "later-declined": TestAccount("Declined later", later=Conduct.DECLINED),
}
"""PayPal accounts by what stands before the @."""


def pay_by_card(
    db: sqlite3.Connection, key: str, card: cards.TestCard, expires: date, at: datetime
) -> Payment:
    """The card's bank asks for a one-time password, or there is an outcome."""
    payment = payments.get(db, key)
    if payment.state != "open" or payment.kind != "card":
        return payment
    with_card = replace(payment, kept=json.dumps(asdict(cards.keep(card, expires))))
    if card.now not in (Conduct.CONFIRMS, Conduct.CONFIRMS_IN_VAIN):
        return settling.conclude(db, with_card, card.now, at)
    is_vain = card.now is Conduct.CONFIRMS_IN_VAIN
    password = "" if is_vain else f"{secrets.randbelow(1_000_000):06}"
    return settling.change(db, replace(with_card, state="confirming", password=password), at)


def confirm(db: sqlite3.Connection, key: str, password: str, at: datetime) -> Payment:
    """With the one-time password; the third wrong one declines the payment."""
    payment = payments.get(db, key)
    if payment.state != "confirming" or payment.kind != "card":
        return payment
    if payment.password and secrets.compare_digest(payment.password, password):
        return settling.succeed(db, payment, at)
    tried = replace(payment, tries=payment.tries + 1)
    if tried.tries >= TRIES:
        return settling.decline(db, tried, "not_confirmed", at)
    return settling.change(db, tried, at)


def log_in(db: sqlite3.Connection, key: str, email: str, at: datetime) -> Payment:
    """Into a PayPal account; it is asked to approve next."""
    payment = payments.get(db, key)
    if payment.state != "open" or payment.kind != "paypal":
        return payment
    kept = json.dumps(asdict(cards.Kept(email, _account(email).later)))
    return settling.change(db, replace(payment, state="confirming", kept=kept), at)


def approve(db: sqlite3.Connection, key: str, at: datetime) -> Payment:
    """By who has logged in."""
    payment = payments.get(db, key)
    if payment.state != "confirming" or payment.kind != "paypal" or payment.who is None:
        return payment
    return settling.conclude(db, payment, _account(payment.who.label).now, at)


def start_over(db: sqlite3.Connection, key: str, at: datetime) -> Payment:
    """With another card or account. Wrong passwords count on."""
    payment = payments.get(db, key)
    if payment.state != "confirming":
        return payment
    return settling.change(db, replace(payment, state="open", kept="", password=""), at)


def turn_back(db: sqlite3.Connection, key: str, at: datetime) -> Payment:
    """The buyer does not want to; nothing is paid."""
    payment = payments.get(db, key)
    if payment.state not in payments.PAYABLE:
        return payment
    return settling.decline(db, payment, "not_confirmed", at)


def _account(email: str) -> TestAccount:
    return ACCOUNTS.get(email.partition("@")[0].lower(), ACCOUNTS["buyer"])
