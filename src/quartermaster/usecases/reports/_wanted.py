"""Which sessions are wanted."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from quartermaster.core.periods import Period
from quartermaster.store.metering import queries as metering
from quartermaster.store.people import queries as people
from quartermaster.store.people.models import Workspace
from quartermaster.store.wallets import sessions


@dataclass(frozen=True, slots=True)
class Wanted:
    """Standing sessions that begin in a period. What is None is not asked for; `channel` is a name,
    empty for none, and `bot` a name or public id. About `at_once` are read with one statement."""

    workspace: Workspace
    period: Period
    bot: str | None = None
    unit: str | None = None
    channel: str | None = None
    user: str | None = None
    at_once: int = sessions.AT_ONCE


def where(wanted: Wanted) -> sessions.Where:
    """In the store's numbers. Refusal: NotFound for a bot that is not there."""
    workspace = wanted.workspace
    if wanted.bot is None:
        bots = [bot.id for bot in people.bots_of(workspace)]
    else:
        bots = [people.get_bot(workspace, wanted.bot).id]
    zone = ZoneInfo(workspace.time_zone)
    return sessions.Where(
        *(bots, wanted.period, zone, wanted.unit, channel(wanted), wanted.user, wanted.at_once)
    )


def channel(wanted: Wanted) -> int | None:
    """The number of the channel that is asked for, 0 for none."""
    if wanted.channel:
        return metering.channel_number(wanted.channel)
    return None if wanted.channel is None else 0
