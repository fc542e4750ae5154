"""Small workspaces for tests: made through the use cases, fed through the event log."""

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from quartermaster.adapters.event_log.table import EventTable
from quartermaster.core.lifecycles import clocks
from quartermaster.core.money import MICRO
from quartermaster.core.usage import events
from quartermaster.core.usage.events import Event, Submission
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.store.wallets.models import Lot, Pool, Wallet
from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits.grant_credits import grant_credits
from quartermaster.usecases.people.create_bot import create_bot
from quartermaster.usecases.people.create_workspace import FreeCredit, create_workspace
from quartermaster.usecases.plans.publish_prices import publish_prices
from quartermaster.usecases.ports import EventArchive
from quartermaster.usecases.proof.verify_books import verify_books
from quartermaster.usecases.usage.meter_events import Metered, Policy, meter_events

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOG = EventTable()


def clock(workspace: Workspace | None) -> datetime:
    """What a workspace's clock says while it is NOW in the world."""
    return NOW if workspace is None else clocks.read(workspace.frozen_at, NOW)


_numbers = itertools.count()


@dataclass
class Books:
    """A workspace with its bots by name."""

    workspace: Workspace
    bots: dict[str, Bot] = field(default_factory=dict)
    archive: EventArchive | None = None

    def submit(self, batch: Sequence[Event], at: datetime = NOW) -> Submission:
        """Puts events through the rules of the door and into the log."""
        window = events.Window.around(at, 10**17)
        accepted, rejected = events.accept(
            list(enumerate(batch)), window, people.bot_names(self.workspace)
        )
        submission = Submission(self.workspace.id, f"req-{next(_numbers)}", at, accepted, rejected)
        LOG.append(submission)
        return submission

    def fund(self, bot: str | None, amount_micro: int, expires_at: datetime | None = None) -> Lot:
        """Paid credit for a bot, or free credit for all of them."""
        owner = None if bot is None else self.bots[bot].id
        key = uuid.uuid4()
        return grant_credits(
            Grant(self.workspace.id, amount_micro, key, owner, expires_at=expires_at), NOW
        )

    def free(self) -> int:
        """What the pool says it holds."""
        return Pool.objects.get(workspace=self.workspace).free_micro

    def paid(self, bot: str = "helpdesk") -> int:
        """What a bot's wallet says it holds."""
        return Wallet.objects.get(bot=self.bots[bot]).paid_micro

    def lots(self) -> list[Lot]:
        """All credit that was ever granted, the oldest first."""
        return list(Lot.objects.filter(workspace=self.workspace).order_by("id"))

    def feed(self, batch: Sequence[Event], at: datetime = NOW) -> None:
        """The same, and meters it."""
        self.submit(batch, at)
        drain(at, archive=self.archive)


def drain(
    at: datetime = NOW, policy: Policy | None = None, archive: EventArchive | None = None
) -> list[Metered]:
    """Meters until nothing waits."""
    done = []
    while (metered := meter_events(LOG, policy or Policy(), at, archive=archive)) is not None:
        done.append(metered)
    return done


def open_books(
    *bots: str,
    free_micro: int = 500 * MICRO,
    price: str = "0.20",
    minutes: int = 15,
    zone: str = "UTC",
    is_test: bool = False,
) -> Books:
    """A workspace with these bots, free credit and a price for billing sessions."""
    publish_prices({"billing_session": Decimal(price)}, NOW - timedelta(days=365))
    free = FreeCredit(free_micro)
    workspace = create_workspace(f"w{next(_numbers)}", zone, free, NOW, is_test)
    return Books(workspace, {name: create_bot(workspace, name, minutes * 60, NOW) for name in bots})


_SENDERS = {"u": "user", "b": "bot", "a": "agent"}
_CONTROLS = {"t": "transferred", "r": "returned", "e": "ended"}


def talk(
    script: str, bot: str = "helpdesk", start: datetime = NOW - timedelta(days=2), **fields: str
) -> list[Event]:
    """Events from a script such as `u0 b1 t3 a10 r41 u42`: who, and minutes after `start`."""
    made = []
    for word in script.split():
        at = start + timedelta(minutes=float(word[1:]))
        rest = {"user": "ann", **fields}
        number = f"e{next(_numbers)}"
        if word[0] in _SENDERS:
            made.append(Event(number, "message", at, bot, sender=_SENDERS[word[0]], **rest))
        else:
            made.append(Event(number, f"conversation.{_CONTROLS[word[0]]}", at, bot, **rest))
    return made


def assert_books_hold(archive: EventArchive | None = None) -> None:
    """Every check of `quartermaster verify` finds nothing."""
    verdicts = verify_books(frozenset({"voice"}), archive)
    findings = [one for verdict in verdicts for one in verdict.findings]
    assert not findings, findings
