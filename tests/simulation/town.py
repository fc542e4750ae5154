"""The real thing: a door, a meter and the books, and what can be seen of them."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from quartermaster.adapters.event_log.appender import LogAppender
from quartermaster.adapters.event_log.table import EventTable
from quartermaster.core import periods
from quartermaster.interfaces.ingest.commits import GroupCommit
from quartermaster.interfaces.ingest.directory import Directory
from quartermaster.interfaces.ingest.door import Door
from quartermaster.store.metering import models as metering
from quartermaster.store.metering import queries
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.store.wallets.models import Charge, Pool, Wallet
from quartermaster.usecases.credits.check_gates import check_gates
from quartermaster.usecases.people.create_bot import create_bot
from quartermaster.usecases.people.create_key import create_key
from quartermaster.usecases.people.create_workspace import FreeCredit, create_workspace
from quartermaster.usecases.plans.publish_prices import publish_prices
from quartermaster.usecases.ports import Batch, Outcome
from quartermaster.usecases.proof.verify_books import verify_books
from quartermaster.usecases.usage.meter_events import Metered, Policy, meter_events
from tests.books import NOW
from tests.fakes.server import Answer, Request
from tests.interfaces import database
from tests.simulation.model import Figures, Gate, Prices, Rejected, Seen
from tests.simulation.usage import EVERY_BOT, MINUTE, Session

NOW_MICROS = periods.to_micros(NOW)
DEARER = NOW - timedelta(days=2) + timedelta(minutes=52)
"""From here on a session costs more: in the midst of a quarter of an hour."""
PRICES: Prices = {
    "billing_session": ((0, 20), (periods.to_micros(DEARER), 30)),
    "voice_session": ((0, 10),),
    "api_session": ((0, 1),),
    "alert": ((0, 3), (periods.to_micros(DEARER), 2)),
}
VOICE = frozenset({"voice"})
_numbers = itertools.count()


class Crash(Exception):
    """The power is gone."""


class Failing(EventTable):
    """The log, on which a transaction breaks off: when it has been read, or before or after what
    was read is marked as done."""

    def __init__(self, step: str) -> None:
        self.step = step

    def read(self, workspace: int, limit: int) -> list[Batch]:
        found = super().read(workspace, limit)
        self._crash_at("read")
        return found

    def done(self, outcomes: list[Outcome], at: datetime) -> None:
        self._crash_at("before done")
        super().done(outcomes, at)
        self._crash_at("after done")

    def _crash_at(self, step: str) -> None:
        if step == self.step:
            raise Crash


STEPS = ("read", "before done", "after done")


@dataclass(frozen=True)
class _Others:
    """All workspaces but one: what an example that failed has left waits for nobody."""

    mine: int

    def __contains__(self, workspace: object) -> bool:
        return workspace != self.mine


class Town:
    """A door to the tests' database, with a clock to turn. `close` it."""

    def __init__(self) -> None:
        self.now = NOW_MICROS
        self.proved: set[str] = set()
        self._runner = asyncio.Runner()
        address = database.url()
        self._door = Door(
            Directory(address, time.monotonic),
            GroupCommit(LogAppender(address)),
            lambda: periods.from_micros(self.now),
        )
        for from_at, prices in ((NOW - timedelta(days=365), 0), (DEARER, -1)):
            publish_prices(
                {unit: Decimal(each[prices][1]) / 100 for unit, each in PRICES.items()},
                from_at - timedelta(minutes=5),
            )

    def close(self) -> None:
        """Lets go of the database."""
        self._runner.run(self._door.close())
        self._runner.close()

    def send(self, request: Request) -> Answer:
        """Puts a request to the door, again where it could not be taken."""
        for _ in range(3):
            answer = self._runner.run(request.put_to(self._door))
            if answer.status != 503:
                return answer
            assert answer.headers["retry-after"] == "1"
        raise AssertionError("the door stays shut")

    def prove(self) -> None:
        """The books hold: `verify` finds nothing that it had not found before this example."""
        found = {str(one) for each in verify_books(VOICE) for one in each.findings}
        new, self.proved = found - self.proved, self.proved | found
        assert not new, new


@dataclass
class Place:
    """A workspace in the town, with a key and bots; `patience` is their inactivity in micros."""

    town: Town
    patience: tuple[int, ...]
    is_contract: bool
    is_free_first: bool
    bots: list[Bot] = field(default_factory=list)

    def __post_init__(self) -> None:
        name = f"place-{next(_numbers)}"
        self.workspace = create_workspace(name, "UTC", FreeCredit(0), NOW)
        Workspace.objects.filter(id=self.workspace.id).update(
            plan="enterprise" if self.is_contract else "standard",
            is_free_first=self.is_free_first,
        )
        self.key = create_key(self.workspace, "ours", NOW)[1]
        for number, silence in enumerate(self.patience):
            minutes = silence // MINUTE
            self.bots.append(create_bot(self.workspace, f"bot{number}", minutes * 60, NOW))

    def meter(self, most: int, log: EventTable | None = None) -> Metered | None:
        """One transaction of this workspace."""
        at = periods.from_micros(self.town.now)
        others = _Others(self.workspace.id)
        return meter_events(log or EventTable(), Policy(VOICE, most), at, others)

    def seen(self) -> Seen:
        """What there is, in the model's words."""
        number = {bot.id: place for place, bot in enumerate(self.bots)}
        mine = {"bot__in": self.bots}
        charged: Counter[tuple[int, str]] = Counter()
        for bot, unit, cost in Charge.objects.filter(**mine).values_list(
            "bot", "unit", "amount_micro"
        ):
            charged[number[bot], unit] += cost
        wallets = dict(Wallet.objects.filter(**mine).values_list("bot", "paid_micro"))
        at = periods.from_micros(self.town.now)
        gates = check_gates(list(number), at)
        return Seen(
            self._sessions(number),
            {key: cost for key, cost in charged.items() if cost},
            self._figures(),
            sorted(
                Rejected(row["request_id"], row["index"], row["code"])
                for row in queries.rejections(self.workspace.id, None, 10_000)
            ),
            [wallets[bot] for bot in number],
            Pool.objects.get(workspace=self.workspace).free_micro,
            [_gate(gates[bot][1]) for bot in number],
            {
                (number[row.bot_id], row.product, periods.to_micros(row.hour_at)): row.agents
                for row in metering.SeatPeak.objects.filter(**mine)
            }
            | {
                (EVERY_BOT, row.product, periods.to_micros(row.slot_at)): row.agents
                for row in metering.AgentPeak.objects.filter(workspace=self.workspace)
            },
        )

    def _sessions(self, number: dict[int, int]) -> list[Session]:
        names = ("bot", "unit", "start_at", "channel__name", "conversation_start_at")
        found = metering.Session.objects.filter(bot__in=self.bots, withdrawn_by=None)
        micros: Callable[[datetime], int] = periods.to_micros
        return sorted(
            (
                Session(number[bot], unit, micros(start), channel, micros(conversation))
                for bot, unit, start, channel, conversation in found.values_list(*names)
            ),
            key=repr,
        )

    def _figures(self) -> dict[str, list[Figures]]:
        sent = metering.EventBatch.objects.filter(workspace=self.workspace)
        return {
            request: [_figures(one) for one in queries.request_figures(self.workspace.id, request)]
            for request in sent.values_list("request_id", flat=True).distinct()
        }


def _figures(one: dict[str, Any]) -> Figures:
    metered = (one["stored"], one["duplicates"], one["conflicts"])
    return Figures(one["accepted"], one["rejected"], metered if one["is_metered"] else None)


def _gate(answer: Any) -> Gate:
    return Gate(answer.may_serve, answer.status, answer.pays_from, answer.sessions_left)
