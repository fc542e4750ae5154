"""The order in which credit is used, and given back (docs/concepts/credits.md).

A bot draws on paid lots, then on free lots (or the other way round), each by earliest expiry and
then age, and last on debt. Draws form a stack. What is given back undoes the newest draws; what is
drawn after that first retakes what was undone. So, while the lots are the same, a bot's balances
depend on how much it has drawn in all and not on the order of charges and corrections. When lots
are added or lapse, what was undone is forgotten (`Purse.undone`): from then on new draws follow the
order of use as it is now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
class Draw:
    """An amount drawn at once from one lot, or as debt (None)."""

    lot: int | None
    amount_micro: int


@dataclass(slots=True)
class Purse:
    """All that one bot's charges can draw on, and what they have drawn: `drawn` with the newest
    last, and `undone` with what is to be retaken first last. `debt_micro` is debt of all time,
    less what was given back, also where funds have settled it since."""

    lots: list[Lot]
    debt_micro: int = 0
    free_drawn_micro: int = 0
    drawn: list[Draw] = field(default_factory=list)
    undone: list[Draw] = field(default_factory=list)


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

    `purse.lots` must be `in_order`. All is drawn before anything is given back, so that what a
    correction replaces by as much again stays where it is. The parts of each amount sum to it.
    """
    usable = [lot for lot in purse.lots if not is_expired(lot, at)]
    parts: list[Part] = []
    ahead = list(usable)
    for index, amount in enumerate(amounts_micro):
        if amount > 0:
            amount -= _retake(purse, usable, parts, index, amount)
            _draw(purse, ahead, parts, index, amount)
    for index, amount in enumerate(amounts_micro):
        if amount < 0:
            parts += _give_back(purse, index, -amount)
    return parts


def _draw(purse: Purse, lots: list[Lot], parts: list[Part], index: int, amount: int) -> None:
    """From the lots in their order, and what they do not have as debt; lots found empty leave the
    list."""
    while amount and lots:
        lot = lots[0]
        piece = min(amount, lot.remaining_micro)
        if piece:
            parts.append(_take(purse, lot, index, piece))
            amount -= piece
        if not lot.remaining_micro:
            lots.pop(0)
    if amount:
        purse.debt_micro += amount
        _push(purse.drawn, None, amount)
        parts.append(Part(index, Source.PAID, None, amount))


def _retake(purse: Purse, usable: list[Lot], parts: list[Part], index: int, wanted: int) -> int:
    """Draws again what was undone, as far as it is still there; how much. What was debt is drawn
    from the wallet, whose lots may have settled it since."""
    taken = 0
    while purse.undone and taken < wanted:
        undone = purse.undone[-1]
        piece = min(wanted - taken, undone.amount_micro)
        if undone.lot is None:
            _draw(purse, [lot for lot in usable if lot.source is Source.PAID], parts, index, piece)
        else:
            lot = next((lot for lot in usable if lot.id == undone.lot), None)
            piece = min(piece, lot.remaining_micro) if lot else 0
            if lot is None or not piece:
                purse.undone.pop()
                continue
            parts.append(_take(purse, lot, index, piece))
        taken += piece
        _take_off(purse.undone, piece)
    return taken


def _take(purse: Purse, lot: Lot, index: int, amount: int) -> Part:
    lot.remaining_micro -= amount
    lot.used_micro += amount
    if lot.source is Source.FREE:
        purse.free_drawn_micro += amount
    _push(purse.drawn, lot.id, amount)
    return Part(index, lot.source, lot.id, amount)


def _give_back(purse: Purse, index: int, amount: int) -> list[Part]:
    """Undoes the newest draws."""
    parts: list[Part] = []
    lots = {lot.id: lot for lot in purse.lots}
    while amount:
        if not purse.drawn:
            raise InvariantBroken("more is given back than was ever drawn")
        newest = purse.drawn[-1].lot
        piece = min(amount, purse.drawn[-1].amount_micro)
        _take_off(purse.drawn, piece)
        _push(purse.undone, newest, piece)
        amount -= piece
        if newest is None:
            purse.debt_micro -= piece
            parts.append(Part(index, Source.PAID, None, -piece))
            continue
        lot = lots[newest]
        lot.remaining_micro += piece
        lot.used_micro -= piece
        if lot.source is Source.FREE:
            purse.free_drawn_micro -= piece
        parts.append(Part(index, lot.source, newest, -piece))
    return parts


def _push(stack: list[Draw], lot: int | None, amount: int) -> None:
    if stack and stack[-1].lot == lot:
        stack[-1].amount_micro += amount
    else:
        stack.append(Draw(lot, amount))


def _take_off(stack: list[Draw], amount: int) -> None:
    stack[-1].amount_micro -= amount
    if not stack[-1].amount_micro:
        stack.pop()


@dataclass(frozen=True, slots=True)
class Funding:
    """How new funds meet a wallet: what its debt takes at once, and what is left in the lot."""

    settled_micro: int
    remaining_micro: int


def fund(amount_micro: int, debt_micro: int) -> Funding:
    """New funds settle debt first."""
    settled = min(amount_micro, debt_micro)
    return Funding(settled, amount_micro - settled)
