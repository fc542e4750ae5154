"""The order in which credit is used, and given back (RULES: credits and the ledger).

What a bot has drawn fills its sources from the front: paid lots, then free lots (or the other way
round), each by earliest expiry and then age, and last debt. What is given back leaves them from
the end. So balances depend on how much was drawn in all, not on the order of charges and
corrections.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quartermaster.core.errors import InvariantBroken


class Source(StrEnum):
    """What pays."""

    PAID = "paid"
    FREE = "free"


PAID_FIRST = (Source.PAID, Source.FREE)
FREE_FIRST = (Source.FREE, Source.PAID)


@dataclass(slots=True)
class Lot:
    """Credit that came at once: `remaining_micro` can be drawn, `used_micro` was."""

    id: int
    source: Source
    remaining_micro: int
    used_micro: int
    expires_at: datetime | None = None


@dataclass(slots=True)
class Purse:
    """All that one bot's charges can draw on. `free_drawn_micro` is this bot's part of what the
    free lots have given."""

    lots: list[Lot]
    debt_micro: int = 0
    free_drawn_micro: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of one amount: > 0 drawn, < 0 given back; `lot` None is debt on the paid wallet."""

    index: int
    source: Source
    lot: int | None
    amount_micro: int


def in_order(lots: Sequence[Lot], order: tuple[Source, Source], at: datetime) -> list[Lot]:
    """The lots in the order of use; what has expired by `at` comes last and is never drawn."""
    far = datetime.max.replace(tzinfo=at.tzinfo)
    return sorted(
        lots,
        key=lambda lot: (
            is_expired(lot, at),
            order.index(lot.source),
            lot.expires_at or far,
            lot.id,
        ),
    )


def is_expired(lot: Lot, at: datetime) -> bool:
    """From its expiry on a lot gives nothing."""
    return lot.expires_at is not None and lot.expires_at <= at


def settle(purse: Purse, amounts_micro: Sequence[int], at: datetime) -> list[Part]:
    """Draws the positive amounts from the purse and gives the negative ones back, changing it.

    `purse.lots` must be `in_order`. The parts of each amount sum to it.
    """
    usable = [lot for lot in purse.lots if not is_expired(lot, at)]
    parts: list[Part] = []
    first = 0
    for index, amount in enumerate(amounts_micro):
        if amount < 0:
            parts += _give_back(purse, usable, index, -amount)
            first = 0
            continue
        while amount and first < len(usable):
            lot = usable[first]
            piece = min(amount, lot.remaining_micro)
            if piece:
                parts.append(_move(purse, lot, index, piece))
                amount -= piece
            if not lot.remaining_micro:
                first += 1
        if amount:
            purse.debt_micro += amount
            parts.append(Part(index, Source.PAID, None, amount))
    return parts


def _move(purse: Purse, lot: Lot, index: int, amount: int) -> Part:
    lot.remaining_micro -= amount
    lot.used_micro += amount
    if lot.source is Source.FREE:
        purse.free_drawn_micro += amount
    return Part(index, lot.source, lot.id, amount)


def _give_back(purse: Purse, usable: Sequence[Lot], index: int, amount: int) -> list[Part]:
    """From the end of the order of use; what has expired is given to last, for it lapses again."""
    parts: list[Part] = []
    from_debt = min(amount, purse.debt_micro)
    if from_debt:
        purse.debt_micro -= from_debt
        amount -= from_debt
        parts.append(Part(index, Source.PAID, None, -from_debt))
    expired = purse.lots[len(usable) :]
    for lot in (*reversed(usable), *reversed(expired)):
        limit = lot.used_micro
        if lot.source is Source.FREE:
            limit = min(limit, purse.free_drawn_micro)
        piece = min(amount, limit)
        if piece:
            amount -= piece
            parts.append(_move(purse, lot, index, -piece))
    if amount:
        raise InvariantBroken("more is given back than was ever drawn")
    return parts


@dataclass(frozen=True, slots=True)
class Funding:
    """How new funds meet a wallet: what its debt takes at once, and what is left in the lot."""

    settled_micro: int
    remaining_micro: int


def fund(amount_micro: int, debt_micro: int) -> Funding:
    """New funds settle debt first."""
    settled = min(amount_micro, debt_micro)
    return Funding(settled, amount_micro - settled)
