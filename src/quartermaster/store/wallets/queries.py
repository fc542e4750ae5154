"""Reads of credit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)
NEXT_EXPIRY: Final = _SQL["next_expiry"]


def free_left(workspace: int, at: datetime) -> int:
    """The pool's free credit in millionths; what has expired by `at` does not count."""
    return int(sql.rows(_SQL["free_left"], workspace=workspace, at=at)[0][0])


@dataclass(frozen=True, slots=True)
class Standing:
    """What the gate needs to know of a bot."""

    bot: int
    is_contract: bool
    is_free_first: bool
    paid_micro: int
    free_micro: int
    spent_per_day_micro: int


def standings(bots: Sequence[int], at: datetime) -> list[Standing]:
    """The cached figures of the bots' wallets and their workspaces' pools, by bot."""
    found = sql.rows(_SQL["standings"], bots=sql.bigints(list(bots)), at=at)
    return [Standing(*row) for row in found]
