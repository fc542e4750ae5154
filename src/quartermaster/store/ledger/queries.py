"""Reads of transfers, the latest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from quartermaster.core.periods import Period
from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)
_WINDOW: Final = timedelta(hours=1)
_GROWTH: Final = 8
_SLACK: Final = timedelta(hours=1)
_LAST_ID: Final = 2**63 - 1


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


@dataclass(frozen=True, slots=True)
class WhichTransfers:
    """Those of a workspace, a bot, for a fact; None leaves it open."""

    workspace: int
    bot: int | None = None
    fact: str | None = None


def transfers(
    which: WhichTransfers, at: datetime, before: tuple[datetime, int] | None, limit: int
) -> list[PostedTransfer]:
    """The latest ones at `at` (clocks may differ by an hour), or those before a place among them,
    which is the time and id of one.

    The table is in order of time, so it is read backwards in windows that grow: the latest ones are
    found at once, and those of long ago in a few steps.
    """
    accounts = sql.rows(_SQL["accounts_of"], workspace=which.workspace, bot=which.bot)[0][0]
    earliest = sql.rows(_SQL["earliest_transfer"])
    if not earliest or not accounts:
        return []
    place = before or (at + _SLACK, _LAST_ID)
    found: list[PostedTransfer] = []
    for window in _windows(earliest[0][0] - _SLACK, place[0] + timedelta(microseconds=1)):
        rows = sql.rows(
            _SQL["transfer_page"],
            accounts=sql.bigints(accounts),
            start=window.start,
            end=window.end,
            before=place[0],
            before_id=place[1],
            fact=which.fact,
            limit=limit - len(found),
        )
        found += [PostedTransfer(*row) for row in rows]
        if len(found) >= limit:
            break
    return found


def _windows(earliest: datetime, end: datetime) -> Iterator[Period]:
    length = _WINDOW
    while end > earliest:
        start = max(end - length, earliest)
        yield Period(start, end)
        end, length = start, length * _GROWTH


def find_transfer(workspace: int, transfer: int) -> PostedTransfer | None:
    """One of the workspace's."""
    found = sql.rows(_SQL["transfer"], transfer=transfer, workspace=workspace)
    return PostedTransfer(*found[0]) if found else None
