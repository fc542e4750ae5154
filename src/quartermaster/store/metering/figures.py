"""Reads of roll-ups: what was used, and how many agents were there."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from quartermaster.core import periods
from quartermaster.core.periods import Period, WholeDays
from quartermaster.store import sql
from quartermaster.store.people import queries as people

_SQL: Final = sql.Queries(__package__)
_BY_TIME: Final = ("hour", "day", "month")


@dataclass(frozen=True, slots=True)
class Usage:
    """Units and credit of one group."""

    group: str
    unit: str
    quantity: int
    paid_micro: int
    free_micro: int


@dataclass(frozen=True, slots=True)
class Only:
    """Figures of one bot, or of one channel (0: those that have none); None leaves it open."""

    bot: int | None = None
    channel: int | None = None


EVERYTHING: Final = Only()


def usage(
    workspace: int,
    period: Period,
    by: str,
    time_zone: str,
    only: Only = EVERYTHING,
    home: str | None = None,
) -> list[Usage]:
    """Figures of a period by `bot`, `channel`, `hour`, `day` or `month` (local).

    Roll-ups are by the quarter of an hour, and every zone's hours and days begin on one. Where it
    is not by the time of another zone, whole days of the workspace's own come from roll-ups of
    theirs, which are far fewer; and where no bot is named, from those of all bots together.
    `home` is the workspace's own zone, looked up if it is not given.
    """
    home = home or people.time_zone(workspace)
    has_days = by != "hour" and (time_zone == home or by not in _BY_TIME)
    nothing = Period(period.end, period.end)
    days = WholeDays(date.min, date.min, period, nothing)
    if has_days:
        days = periods.whole_days(period, ZoneInfo(home))
    name = "usage_by_bot" if by == "bot" else "workspace_usage" if only.bot is None else "bot_usage"
    found = sql.rows(
        _SQL[name],
        workspace=workspace,
        bot=only.bot,
        channel=only.channel,
        by=by,
        zone=time_zone,
        start=days.before.start,
        head=days.before.end,
        tail=days.after.start,
        end=days.after.end,
        first=days.first,
        last=days.last,
    )
    return [Usage(*row) for row in found]


def busiest_hour(bot: int, unit: str, period: Period) -> int:
    """The most of a unit that a bot used within one hour, of those from the start on."""
    names = {"bot": bot, "unit": unit, "start": period.start, "end": period.end}
    return int(sql.rows(_SQL["busiest_hour"], **names)[0][0])


@dataclass(frozen=True, slots=True)
class Peaks:
    """The most agents at one instant, by group; the workspace's over all of its bots."""

    group: str
    agents: int


def peaks(
    workspace: int, period: Period, by: str, time_zone: str, of: tuple[int | None, str | None]
) -> list[Peaks]:
    """Peaks by `bot`, `product`, `hour`, `day` or `month` (local), of a bot and product or all.

    Those of single bots are by the hour in UTC: where local days begin on a half hour, agents of
    half an hour before or after may count.
    """
    bot, product = of
    name = "bot_peaks" if bot is not None or by == "bot" else "peaks"
    found = sql.rows(
        _SQL[name],
        workspace=workspace,
        bot=bot,
        product=product,
        by=by,
        zone=time_zone,
        start=period.start,
        end=period.end,
    )
    return [Peaks(*row) for row in found]


def totals(workspace: int) -> tuple[int, int, int]:
    """Messages stored, billing sessions standing, and millionths charged for them."""
    messages, sessions, charged = sql.rows(_SQL["totals"], workspace=workspace)[0]
    return messages, sessions, charged


def channels(workspace: int, since: date) -> list[str]:
    """The channels that the workspace's bots have been used through since a local day."""
    return [name for (name,) in sql.rows(_SQL["channels_used"], workspace=workspace, since=since)]
