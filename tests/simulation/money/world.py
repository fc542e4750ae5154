"""A workspace, its clock, and all that chance brings."""

import itertools
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from quartermaster.core.errors import Refusal
from quartermaster.core.money import MICRO
from quartermaster.store.catalog import operations as catalog
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.usecases.clocks.advance_clock import advance_clock
from quartermaster.usecases.clocks.freeze_clock import freeze_clock
from quartermaster.usecases.clocks.works import Works
from quartermaster.usecases.orders.recharge.set_recharge import Wanted
from quartermaster.usecases.orders.settling.receive_notice import Told, receive_notice
from quartermaster.usecases.ports.gateways import Gateways, Notice
from quartermaster.usecases.usage.meter_events import Policy
from tests.books import LOG, NOW, open_books
from tests.simulation.money.faults import Cable, Crash, Power
from tests.usecases.shop import START, Shop, catalog_of, plan

Thing = TypeVar("Thing")
ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata")
BOTS = ("helpdesk", "sales")
FREE_MICRO = 500 * MICRO
USAGE = "automation_ai"


class Nothing(Exception):
    """There is nothing that this could be done to."""


@dataclass
class Given:
    """What went in, as those know it who brought it: credit that was granted (in millionths) by
    key, how many sessions there were, what owners said of auto-recharge by bot, entries of the bank
    by its name for them and the files that have them, and the orders that the operator was paid for
    by hand."""

    granted: dict[uuid.UUID, int] = field(default_factory=dict)
    sessions: int = 0
    recharges: dict[int, list["Said"]] = field(default_factory=dict)
    wires: dict[str, int] = field(default_factory=dict)
    files: list[bytes] = field(default_factory=list)
    by_hand: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Said:
    """What auto-recharge is to do from an instant on; None: nothing."""

    at: datetime
    wanted: Wanted | None


Act = Callable[["World"], Any]


@dataclass(kw_only=True)
class World(Shop):
    """A shop of two bots in a test workspace. `chance` decides what people do, `fate` what goes
    wrong; `diary` tells it all. `heard` notices have left the provider, `mail` is on its way."""

    chance: Random
    fate: Random
    given: Given = field(default_factory=Given)
    power: Power = field(default_factory=Power)
    diary: list[str] = field(default_factory=list)
    mail: list[Notice] = field(default_factory=list)
    heard: int = 0
    outer: int = 0
    numbers: Any = field(default_factory=itertools.count)

    @classmethod
    def of(cls, seed: int) -> "World":
        """The same seed is the same world."""
        chance = Random(f"people {seed}")
        zone = chance.choice(ZONES)
        books = open_books(*BOTS, zone=zone, is_test=True, free_micro=FREE_MICRO, price="12")
        catalog.publish_catalog(_sold(), START)
        made = cls(books, books.bots[BOTS[0]], chance=chance, fate=Random(f"faults {seed}"))
        made.at = freeze_clock(books.workspace, NOW)
        made.outer = len(connection.savepoint_ids)
        made.diary.append(f"in {zone}")
        return made

    @property
    def gateways(self) -> Gateways:
        """The provider, at the other end of a cable; nobody else."""
        return Gateways((Cable(self.provider, self.power, self.clock, self.outer),))

    @property
    def workspace(self) -> Workspace:
        """As it is now."""
        return people.get(self.books.workspace.id)

    @property
    def bots(self) -> Sequence[Bot]:
        """Both."""
        return list(self.books.bots.values())

    def clock(self, _: object = None) -> datetime:
        """Where the workspace's clock stands, while it is moved on too."""
        frozen = Workspace.objects.filter(id=self.books.workspace.id).values_list("frozen_at")
        return frozen.get()[0]

    def key(self) -> uuid.UUID:
        """Of something that is asked for."""
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def pick(self, several: Sequence[Thing]) -> Thing:
        """One of them; Nothing where there is none."""
        if not several:
            raise Nothing
        return self.chance.choice(several)

    def do(self, name: str, act: Act) -> None:
        """Somebody does something. If the power goes meanwhile, they do it again or let it be."""
        self.bot = self.chance.choice(self.bots)
        self.provider.at = self.at
        before = self.chance.getstate()
        if self._try(name, act, self._fails()) is None and self.fate.random() < 0.5:
            self.chance.setstate(before)
            self._try(f"{name}, again", act, None)

    def _fails(self) -> int | None:
        return self.fate.randrange(60) if self.fate.random() < 0.2 else None

    def _try(self, name: str, act: Act, fails: int | None) -> bool | None:
        """Whether it was done; None: who knows."""
        done: bool | None = True
        try:
            with self.power.failing(fails):
                said = act(self)
        except Refusal as no:
            done, said = False, f"refused: {no.code}"
        except (Nothing, ObjectDoesNotExist):
            done, said = False, "nothing"
        except Crash:
            done, said = None, f"CRASH after {fails} steps"
        self.note(name, said)
        return done

    def note(self, name: str, said: object = None) -> None:
        """For whoever has to understand what happened."""
        told = "" if said is None else f": {said}"
        self.diary.append(f"{self.at:%Y-%m-%d %H:%M} {name}{told}")

    def sleep(self, span: timedelta) -> None:
        """The clock is moved on, and the jobs do what is due. Where the power goes they go on when
        it is back."""
        end = self.at + span
        works = Works(LOG, Policy, self.gateways)
        while self.at < end:
            happened: Mapping[str, str] | list[str] = []
            try:
                with self.power.failing(self._fails()):
                    moved = advance_clock(works, self.workspace, end, NOW)
                    happened = [one.what for one in moved.happened]
            except Crash:
                happened = ["CRASH"]
            except Refusal as no:
                happened = [f"refused: {no.code}"]
                self.provider.is_out = False
            self.at = self.clock()
            self.note("clock", ", ".join(happened) or None)

    def deliver(self) -> None:
        """Notices come: in any order, late, twice or never."""
        for notice in self.provider.told[self.heard :]:
            self.mail += [notice] * self.fate.choice((0, 1, 1, 1, 2))
        self.heard = len(self.provider.told)
        self.fate.shuffle(self.mail)
        coming = self.fate.randint(0, len(self.mail))
        for notice in self.mail[:coming]:
            self.tell(notice)
        del self.mail[:coming]

    def tell(self, notice: Notice) -> None:
        """One comes; what is not answered comes again."""
        told = Told(self.provider.name, *self.provider.sent(notice, self.at))
        act = lambda world: receive_notice(world.gateways, told, world.now) and None  # noqa: E731
        if not self._try(f"notice of a {notice.kind}", act, self._fails()):
            self.mail.append(notice)


def _sold() -> Any:
    """Plans of two products, an add-on, support."""
    usage = {"billing_session": {"included": 3, "model": "per_unit", "amount": "4"}}
    bot = {"product": USAGE, "usage": usage, "seats": None, "limits": {}}
    concurrent = {
        "kind": "named",
        "included": 1,
        "monthly": {"model": "per_unit", "amount": "10"},
        "annual": {"model": "per_unit", "amount": "100"},
    }
    return catalog_of(
        plan("essential", "60", "600", seats=concurrent),
        plan("advanced", "160", "1600", limits={"queues": 50}),
        {k: v for k, v in plan("essential", "40", "400", **bot).items() if v is not None}
        | {"trial": {"days": 14, "sessions": 5}},
        {k: v for k, v in plan("advanced", "90", "900", **bot).items() if v is not None}
        | {"trial": {"days": 14, "sessions": 5}},
    )
