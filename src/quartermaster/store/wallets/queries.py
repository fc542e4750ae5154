"""Reads of credit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the gate needs to know of a bot."""

    workspace: int
    is_contract: bool
    is_free_first: bool
    paid_micro: int
    free_micro: int
    spent_per_day_micro: int
    rated_at: datetime | None


def standing(bot: int, at: datetime) -> Standing:
    """The cached figures of a bot's wallet and its workspace's pool."""
    return Standing(*sql.rows(_SQL["gate"], bot=bot, at=at)[0])
