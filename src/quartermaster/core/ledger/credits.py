"""The order in which credit is used, and given back (docs/concepts/credits.md).

A bot draws on paid lots, then on free lots (or the other way round), each by earliest expiry and
then age, and last on debt. Draws form a stack. What is given back undoes the newest draws; what is
drawn after that first retakes what was undone. So, while the lots are the same, a bot's balances
depend on how much it has drawn in all and not on the order of charges and corrections. When lots
are added or lapse, what was undone is forgotten (`Purse.undone`): from then on new draws follow the
order of use as it is now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True, slots=True)
class Parts:
    """The pieces of many amounts in columns, each amount's one behind the other: `index` of the
    amount, `lot` (0: debt), whether it is paid credit, and the piece as in `Part`."""

    index: NDArray[np.int64]
    lot: NDArray[np.int64]
    is_paid: NDArray[np.bool_]
    amount_micro: NDArray[np.int64]

    def __iter__(self) -> Iterator[Part]:
        columns = (self.index, self.lot, self.is_paid, self.amount_micro)
        for index, lot, is_paid, amount in zip(*(one.tolist() for one in columns), strict=True):
            yield Part(index, Source.PAID if is_paid else Source.FREE, lot or None, amount)

    @classmethod
    def joined(cls, several: "Sequence[Parts]", firsts: Sequence[int]) -> "Parts":
        """One behind the other; the amounts of each counted on from its first's place."""
        index = [one.index + first for one, first in zip(several, firsts, strict=True)]
        rest = (
            np.concatenate([getattr(one, name) for one in several]) for name in cls.__slots__[1:]
        )
        return cls(np.concatenate(index), *rest)


def settle(purse: Purse, amounts_micro: Sequence[int] | NDArray[np.int64], at: datetime) -> Parts:
    """Draws the positive amounts from the purse and gives the negative ones back, changing it.

    `purse.lots` must be `in_order`. All is drawn before anything is given back, so that what a
    correction replaces by as much again stays where it is. The parts of each amount sum to it.

    Charges drawn one after the other take the same pieces from the same lots as their sum drawn at
    once, so the sum is drawn, and its pieces are cut where the amounts end.
    """
    amounts = np.asarray(amounts_micro, np.int64)
    drawn, back = amounts.clip(min=0), (-amounts).clip(min=0)
    usable = [lot for lot in purse.lots if not is_expired(lot, at)]
    total = int(drawn.sum())
    parts: list[Part] = []
    total -= _retake(purse, usable, parts, total)
    _draw(purse, usable, parts, total)
    returned = _give_back(purse, int(back.sum()))
    return Parts.joined([_cut(parts, drawn), _cut(returned, back)], (0, 0))


def _cut(parts: list[Part], amounts: NDArray[np.int64]) -> Parts:
    """Cuts the parts of a sum at the ends of the amounts (none below zero) that make it up."""
    pieces = np.array([part.amount_micro for part in parts], np.int64)
    part_ends, amount_ends = np.cumsum(abs(pieces)), np.cumsum(amounts)
    ends = np.union1d(part_ends, amount_ends[amounts > 0])
    part = np.searchsorted(part_ends, ends)
    return Parts(
        np.searchsorted(amount_ends, ends),
        np.array([one.lot or 0 for one in parts], np.int64)[part],
        np.array([one.source is Source.PAID for one in parts], np.bool_)[part],
        np.diff(ends, prepend=0) * np.sign(pieces)[part],
    )


def _draw(purse: Purse, lots: Sequence[Lot], parts: list[Part], amount: int) -> None:
    """From the lots in their order, and what they do not have as debt."""
    for lot in lots:
        piece = min(amount, lot.remaining_micro)
        if piece:
            parts.append(_take(purse, lot, piece))
            amount -= piece
    if amount:
        purse.debt_micro += amount
        _push(purse.drawn, None, amount)
        parts.append(Part(0, Source.PAID, None, amount))


def _retake(purse: Purse, usable: list[Lot], parts: list[Part], wanted: int) -> int:
    """Draws again what was undone, as far as it is still there; how much. What was debt is drawn
    from the wallet, whose lots may have settled it since."""
    taken = 0
    while purse.undone and taken < wanted:
        undone = purse.undone[-1]
        piece = min(wanted - taken, undone.amount_micro)
        if undone.lot is None:
            _draw(purse, [lot for lot in usable if lot.source is Source.PAID], parts, piece)
        else:
            lot = next((lot for lot in usable if lot.id == undone.lot), None)
            piece = min(piece, lot.remaining_micro) if lot else 0
            if lot is None or not piece:
                purse.undone.pop()
                continue
            parts.append(_take(purse, lot, piece))
        taken += piece
        _take_off(purse.undone, piece)
    return taken


def _take(purse: Purse, lot: Lot, amount: int) -> Part:
    lot.remaining_micro -= amount
    lot.used_micro += amount
    if lot.source is Source.FREE:
        purse.free_drawn_micro += amount
    _push(purse.drawn, lot.id, amount)
    return Part(0, lot.source, lot.id, amount)


def _give_back(purse: Purse, amount: int) -> list[Part]:
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
            parts.append(Part(0, Source.PAID, None, -piece))
            continue
        lot = lots[newest]
        lot.remaining_micro += piece
        lot.used_micro -= piece
        if lot.source is Source.FREE:
            purse.free_drawn_micro -= piece
        parts.append(Part(0, lot.source, newest, -piece))
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


def payer(paid_micro: int, free_micro: int) -> str:
    """Who paid for usage, in a word: `paid`, `free`, `paid and free`, or `nobody`."""
    sources = {Source.PAID: paid_micro, Source.FREE: free_micro}
    return " and ".join(source for source, amount in sources.items() if amount) or "nobody"


@dataclass(frozen=True, slots=True)
class Funding:
    """How new funds meet a wallet: what its debt takes at once, and what is left in the lot."""

    settled_micro: int
    remaining_micro: int


def fund(amount_micro: int, debt_micro: int) -> Funding:
    """New funds settle debt first."""
    settled = min(amount_micro, debt_micro)
    return Funding(settled, amount_micro - settled)
