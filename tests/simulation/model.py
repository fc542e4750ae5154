"""One workspace in memory, by the rules alone: what the database should hold after each step."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.simulation import usage
from tests.simulation.bodies import FAULTS, LATE
from tests.simulation.credit import Credit
from tests.simulation.usage import MINUTE, Event, Session

CENT = 10_000
"""In millionths. Prices and credit of the model are whole cents."""
LOW_CENTS = 5_000
Prices = Mapping[str, Sequence[tuple[int, int]]]
"""By unit, (from, cents) in order of time."""


class Sent(NamedTuple):
    """An event in a request: with the name of its fault, if it has one."""

    id: str
    event: Event
    fault: str | None = None


class Rejected(NamedTuple):
    """An event that did not come in, by its place in its request."""

    request: str
    index: int
    code: str


class Figures(NamedTuple):
    """What became of a request: three figures while the meter has not come to it, else six."""

    accepted: int
    rejected: int
    metered: tuple[int, int, int] | None


class Gate(NamedTuple):
    """The answer before a new conversation."""

    may_serve: bool
    status: str
    pays_from: str | None
    sessions_left: int | None


class Seen(NamedTuple):
    """All that can be seen of a workspace, without anything that depends on ids."""

    sessions: list[Session]
    charged: dict[tuple[int, str], int]
    figures: dict[str, list[Figures]]
    rejected: list[Rejected]
    paid: list[int]
    free: int
    gates: list[Gate]
    peaks: dict[tuple[int, str, int], int]


@dataclass(eq=False)
class Batch:
    """An accepted request: (place, id, event) of what came in."""

    request: str
    accepted: list[tuple[int, str, Event]]
    rejected: int
    metered: tuple[int, int, int] | None = None


@dataclass
class Workspace:
    """`patience` is the inactivity time of each bot."""

    prices: Prices
    patience: Sequence[int]
    is_contract: bool
    is_free_first: bool
    batches: list[Batch] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    stored: dict[str, Event] = field(default_factory=dict)
    made: dict[usage.Thread, list[Session]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.credit = Credit(len(self.patience), self.is_free_first)
        self.charged: Counter[tuple[int, str]] = Counter()

    def send(self, request: str, several: Sequence[Sent], at: int) -> list[Rejected]:
        """A request at the door's clock `at`; what it rejects."""
        batch, rejected = Batch(request, [], 0), []
        for index, (name, event, fault) in enumerate(several):
            code = FAULTS[fault].code if fault else _window(event.time, at)
            if code is None:
                batch.accepted.append((index, name, event))
            else:
                rejected.append(Rejected(request, index, code))
        batch.rejected = len(rejected)
        batch.metered = None if batch.accepted else (0, 0, 0)
        self.batches.append(batch)
        self.rejected += rejected
        return rejected

    def waiting(self) -> list[Batch]:
        """The requests that the meter has not come to."""
        return [batch for batch in self.batches if batch.metered is None]

    def meter(self, most: int, at: int) -> None:
        """One transaction of the meter: whole requests, until there are `most` events."""
        taken = 0
        before = Counter(self.stored.values())
        for batch in self.waiting():
            if taken >= most:
                break
            taken += len(batch.accepted)
            self._sift(batch)
        self._charge(Counter(self.stored.values()) - before, at)

    def _sift(self, batch: Batch) -> None:
        new = repeats = 0
        for index, name, event in batch.accepted:
            if name not in self.stored:
                self.stored[name] = event
                new += 1
            elif self.stored[name] == event:
                repeats += 1
            else:
                self.rejected.append(Rejected(batch.request, index, "conflicting_duplicate"))
        batch.metered = (new, repeats, len(batch.accepted) - new - repeats)

    def _charge(self, new: Counter[Event], at: int) -> None:
        """Draws what the transaction made, bot by bot, and then gives back what it took back."""
        made = usage.sessions(self.stored.values(), self.patience)
        before, self.made = self.made, made
        if self.is_contract:
            return
        drawn: dict[int, int] = defaultdict(int)
        back: dict[int, int] = defaultdict(int)
        for thread, after in made.items():
            gone, come = _split(before.get(thread, []), after)
            for several, into, sign in ((come, drawn, 1), (gone, back, -1)):
                for one in several:
                    self._add(one.bot, one.unit, sign * self._price(one.unit, one.start), into)
        for (bot, unit, slot), quantity in usage.counts(new.elements()).items():
            self._add(bot, unit, quantity * self._price(unit, slot), drawn)
        if drawn or back:
            self.credit.lapse(at)
        for bot in sorted({*drawn, *back}):
            self.credit.charge(bot, drawn[bot], back[bot], at)

    def _add(self, bot: int, unit: str, cents: int, into: dict[int, int]) -> None:
        if cents:
            self.charged[bot, unit] += cents
            into[bot] += abs(cents)

    def _price(self, unit: str, at: int) -> int:
        versions = self.prices.get(unit, ((0, 0),))
        return versions[bisect_right(versions, at, key=lambda one: one[0]) - 1][1]

    def seen(self, at: int) -> Seen:
        """What should be there."""
        figures: dict[str, list[Figures]] = {}
        for one in reversed(self.batches):
            counts = Figures(len(one.accepted), one.rejected, one.metered)
            figures.setdefault(one.request, []).append(counts)
        bots = range(len(self.patience))
        return Seen(
            sorted((one for several in self.made.values() for one in several), key=repr),
            {key: cents * CENT for key, cents in self.charged.items() if cents},
            figures,
            sorted(self.rejected),
            [self.credit.paid(bot) * CENT for bot in bots],
            self.credit.free() * CENT,
            [self._gate(bot, at) for bot in bots],
            usage.peaks(self.stored.values()) | usage.peaks(self.stored.values(), is_together=True),
        )

    def _gate(self, bot: int, at: int) -> Gate:
        if self.is_contract:
            return Gate(True, "sufficient", None, None)
        paid = self.credit.paid(bot) - self.credit.expired(bot, at)
        free = self.credit.free() - self.credit.expired(None, at)
        left = (max(paid, 0) + max(free, 0)) // self._price("billing_session", at)
        status = (
            "sufficient"
            if paid > LOW_CENTS
            else "low"
            if paid > 0
            else "using_free"
            if free > 0
            else "inactive"
        )
        sources = [name for name, held in (("paid", paid), ("free", free)) if held > 0]
        if self.is_free_first:
            sources.reverse()
        return Gate(status != "inactive", status, next(iter(sources), None), left)


def _window(time: int, at: int) -> str | None:
    if time > at + 5 * MINUTE:
        return "in_the_future"
    return "too_late" if time < at - LATE else None


def _split(before: list[Session], after: list[Session]) -> tuple[list[Session], list[Session]]:
    """The sessions that are gone and those that have come. One whose conversation begins elsewhere
    is the same."""

    def known(several: list[Session]) -> dict[Session, Session]:
        return {one._replace(conversation=0): one for one in several}

    old, new = known(before), known(after)
    return (
        [one for key, one in old.items() if key not in new],
        [one for key, one in new.items() if key not in old],
    )
