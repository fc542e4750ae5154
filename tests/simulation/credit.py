"""Credit, cent by cent: each cent that a bot has drawn is one entry of a list."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(eq=False)
class Lot:
    """Cents that came at once, for one bot or (None) for all. `settled` went to debt at once."""

    bot: int | None
    left: int
    expires_at: int | None
    settled: int = 0

    def is_expired(self, at: int) -> bool:
        """From its expiry on."""
        return self.expires_at is not None and self.expires_at <= at


@dataclass
class Credit:
    """The lots of a workspace and, for each bot, where its cents came from: the newest last, None
    for debt. `undone` is what was given back since lots last came or lapsed."""

    bots: int
    is_free_first: bool
    lots: list[Lot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.drawn: list[list[Lot | None]] = [[] for _ in range(self.bots)]
        self.undone: list[list[Lot | None]] = [[] for _ in range(self.bots)]

    def grant(self, bot: int | None, cents: int, expires_at: int | None, at: int) -> None:
        """New credit; a bot's settles its debt first."""
        self.lapse(at)
        settled = 0 if bot is None else min(cents, max(0, -self.paid(bot)))
        self.lots.append(Lot(bot, cents - settled, expires_at, settled))
        self._forget(bot)

    def lapse(self, at: int) -> None:
        """What is left in expired lots is gone."""
        due = [lot for lot in self.lots if lot.is_expired(at) and lot.left]
        for lot in due:
            lot.left = 0
        if due:
            self._forget(None)

    def charge(self, bot: int, drawn: int, given_back: int, at: int) -> None:
        """What a transaction draws, and then what it gives back."""
        for _ in range(drawn):
            lot = next(self._sources(bot, at), None)
            if lot is not None:
                lot.left -= 1
            self.drawn[bot].append(lot)
        for _ in range(given_back):
            lot = self.drawn[bot].pop()
            self.undone[bot].append(lot)
            if lot is not None:
                lot.left += 1
            else:
                self._unsettle(bot)

    def paid(self, bot: int) -> int:
        """What the wallet holds; below zero in debt."""
        mine = [lot for lot in self.lots if lot.bot == bot]
        return sum(lot.left + lot.settled for lot in mine) - self.drawn[bot].count(None)

    def free(self) -> int:
        """What the pool holds."""
        return sum(lot.left for lot in self.lots if lot.bot is None)

    def expired(self, bot: int | None, at: int) -> int:
        """What is still held but can no longer be drawn."""
        return sum(lot.left for lot in self.lots if lot.bot == bot and lot.is_expired(at))

    def _sources(self, bot: int, at: int) -> Iterator[Lot]:
        """Where the next cent comes from: first from what was undone, then by the order of use."""
        in_order = self._in_order(bot, at)
        undone = self.undone[bot]
        while undone:
            lot = undone.pop()
            if lot is None:
                yield from (each for each in in_order if each.bot is not None)
                return
            if lot in in_order:
                yield lot
        yield from in_order

    def _in_order(self, bot: int, at: int) -> list[Lot]:
        usable = [
            lot
            for lot in self.lots
            if lot.bot in (None, bot) and lot.left and not lot.is_expired(at)
        ]
        far = 2**62
        return sorted(
            usable, key=lambda lot: ((lot.bot is None) != self.is_free_first, lot.expires_at or far)
        )

    def _unsettle(self, bot: int) -> None:
        """The lot that last settled debt which is no longer owed has its cent again."""
        settled = [lot for lot in self.lots if lot.bot == bot and lot.settled]
        if sum(lot.settled for lot in settled) > self.drawn[bot].count(None):
            settled[-1].settled -= 1
            settled[-1].left += 1

    def _forget(self, bot: int | None) -> None:
        for place, undone in enumerate(self.undone):
            if bot in (None, place):
                undone.clear()
