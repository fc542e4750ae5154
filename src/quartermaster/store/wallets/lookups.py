"""Reads of single charges, for whoever asks what they are made of."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)


@dataclass(frozen=True, slots=True)
class Draw:
    """Credit that moved: `source` is paid, free or debt; below zero it was given back."""

    source: str
    lot: int | None
    amount_micro: int


@dataclass(frozen=True, slots=True)
class SessionCharge:
    """A charge (`quantity` 1) or what takes one back (-1), at a price in the currency's unit."""

    id: int
    quantity: int
    amount_micro: int
    at: datetime
    price: Decimal
    price_from_at: datetime
    draws: list[Draw] = field(default_factory=list)


def session_charges(session: int) -> list[SessionCharge]:
    """The session's charges, the first one first."""
    charges: dict[int, SessionCharge] = {}
    for *words, source, lot, amount in sql.rows(_SQL["session_charges"], session=session):
        charge = charges.setdefault(words[0], SessionCharge(*words))
        if amount is not None:
            charge.draws.append(Draw(source, lot, amount))
    return list(charges.values())
