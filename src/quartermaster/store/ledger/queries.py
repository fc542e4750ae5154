"""Reads of transfers, the latest first."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from quartermaster.core.ledger.transfers import Fact
from quartermaster.core.periods import Period
from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)
_GROWTH: Final = 8
_SLACK: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PostedTransfer:
    """A transfer with the kinds of its two accounts; `bot` is whose credit or usage it was."""

    id: int
    fact: str
    debit: str
    credit: str
    bot: str | None
    bot_name: str | None
    amount_micro: int
    lot: int | None
    charge: int | None
    at: datetime
    currency: str


@dataclass(frozen=True, slots=True)
class WhichTransfers:
    """Those of a workspace, a bot, for a fact; None leaves it open. The latest `window` of all are
    looked at first."""

    workspace: int
    bot: int | None = None
    fact: str | None = None
    window: int = 4_000


def transfers(
    which: WhichTransfers, at: datetime, before: tuple[datetime, int] | None, limit: int
) -> list[PostedTransfer]:
    """The latest posted by `at` (clocks may differ by an hour), or those before a place among
    them, which is the time and id of one.

    Ids are in the order of posting, so the table is read backwards in windows of ids that grow: the
    latest ones are found at once, and those of long ago in a few steps.
    """
    accounts = sql.rows(_SQL["accounts_of"], workspace=which.workspace, bot=which.bot)[0][0]
    if not accounts:
        return []
    lowest, highest = sql.rows(_SQL["transfer_ids"])[0]
    end = highest + 1 if before is None else min(before[1], highest + 1)
    is_act = which.fact not in (None, Fact.USAGE_CHARGED, Fact.USAGE_WITHDRAWN)
    found: list[int] = []
    for first, last in [(lowest, end)] if is_act else _windows(lowest, end, which.window):
        rows = sql.rows(
            _SQL["latest_acts" if is_act else "latest_transfers"],
            givers=sql.bigints(accounts),
            takers=sql.bigints([] if which.bot is None else accounts),
            first=first,
            last=last,
            at=at + _SLACK,
            fact=which.fact,
            limit=limit - len(found),
        )
        found += [transfer for (transfer,) in rows]
        if len(found) >= limit:
            break
    return _posted(which.workspace, found)


def _windows(lowest: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Ids from the first up to, but not including, the last of each, the highest ones first."""
    while end > lowest:
        start = max(end - size, lowest)
        yield start, end
        end, size = start, size * _GROWTH


def find_transfer(workspace: int, transfer: int) -> PostedTransfer | None:
    """One of the workspace's."""
    return next(iter(_posted(workspace, [transfer])), None)


def wallet_changes(
    bot: int, span: Period, without: Collection[int] = ()
) -> list[tuple[datetime, int]]:
    """By how many millionths a bot's paid credit changed, instant by instant; as if some lots had
    never been bought, their usage paid by what is left."""
    lots = sql.bigints(list(without))
    return sql.rows(_SQL["wallet_changes"], bot=bot, start=span.start, end=span.end, without=lots)


def _posted(workspace: int, transfers: list[int]) -> list[PostedTransfer]:
    found = sql.rows(_SQL["transfers"], workspace=workspace, ids=sql.bigints(transfers))
    return [PostedTransfer(*row) for row in found]
