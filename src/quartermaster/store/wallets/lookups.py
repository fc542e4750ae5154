"""Reads of single charges and lots, for whoever asks what they are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)


@dataclass(frozen=True, slots=True)
class Draw:
    """Credit that a transfer moved: `source` is paid, free or debt; below zero it was given
    back."""

    transfer: int
    source: str
    lot: int | None
    amount_micro: int


@dataclass(frozen=True, slots=True)
class PricedCharge:
    """A charge (`quantity` above zero) or what takes one back (below), at a price in the currency's
    unit."""

    id: int
    quantity: int
    amount_micro: int
    at: datetime
    price_id: int
    price: Decimal
    price_from_at: datetime
    draws: list[Draw] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """What a charge is for: a session, or units of a quarter of an hour."""

    session: int | None
    bot: str
    bot_name: str
    bot_id: int
    unit: str
    slot_at: datetime
    charge: PricedCharge


@dataclass(frozen=True, slots=True)
class LotFacts:
    """Credit that came at once, and what became of it; `bot` is None for free credit."""

    id: int
    source: str
    bot: str | None
    granted_micro: int
    remaining_micro: int
    used_micro: int
    lapsed_micro: int
    settled_micro: int
    price_paid_minor: int
    expires_at: datetime | None
    granted_at: datetime


def session_charges(session: int) -> list[PricedCharge]:
    """The session's charges, the first one first."""
    return _charges(sql.rows(_SQL["session_charges"], session=session))


def find_charge(workspace: int, charge: int) -> ChargeFacts | None:
    """One of the workspace's."""
    found = sql.rows(_SQL["charge"], charge=charge, workspace=workspace)
    return ChargeFacts(*found[0][:6], *_charges(row[6:] for row in found)) if found else None


def _charges(rows: Iterable[Sequence[Any]]) -> list[PricedCharge]:
    charges: dict[int, PricedCharge] = {}
    for row in rows:
        words, draw = row[:7], row[7:]
        charge = charges.setdefault(words[0], PricedCharge(*words))
        if draw[0] is not None:
            charge.draws.append(Draw(*draw))
    return list(charges.values())


def lots_of(workspace: int, bot: int | None) -> list[LotFacts]:
    """All lots of a bot, or of the workspace's free pool; the oldest first."""
    found = sql.rows(_SQL["lot_facts"], workspace=workspace, bot=bot, lots=None)
    return [LotFacts(*row) for row in found]


def lots(workspace: int, numbers: Iterable[int]) -> dict[int, LotFacts]:
    """These lots of the workspace."""
    wanted = sql.bigints(list(numbers))
    found = sql.rows(_SQL["lot_facts"], workspace=workspace, bot=None, lots=wanted)
    return {row[0]: LotFacts(*row) for row in found}
