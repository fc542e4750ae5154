"""What plans price together: how much there is of it, and what was charged. In the caller's
transaction and under the workspace's lock."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from quartermaster.core import periods
from quartermaster.core.plans.tariffs import Tally
from quartermaster.store import sql

_SQL: Final = sql.Queries(__package__)


@dataclass(slots=True)
class Counted:
    """A tally as it stands: its id, how many units, and what they were charged."""

    id: int
    of: Tally
    quantity: int
    amount_micro: int


def open_tallies(wanted: Collection[Tally]) -> dict[Tally, Counted]:
    """Each as it stands; those that are new have nothing yet."""
    several = sorted(wanted)
    found = sql.rows(
        _SQL["open_tallies"],
        subscriptions=sql.bigints([one.subscription for one in several]),
        versions=sql.bigints([one.version for one in several]),
        units=[one.unit for one in several],
        starts=sql.instants([one.start for one in several]),
        trials=sql.booleans([one.is_trial for one in several]),
    )
    return {
        several[place - 1]: Counted(id_, several[place - 1], quantity, amount)
        for place, id_, quantity, amount in found
    }


def by_id(ids: Iterable[int]) -> dict[int, Counted]:
    """Those with these ids."""
    found = sql.rows(_SQL["tallies"], tallies=sql.bigints(list(ids)))
    return {row[0]: _counted(*row) for row in found}


def of_bot(bot: int) -> list[Counted]:
    """All that a bot's subscriptions have had, the oldest first."""
    return [_counted(*row) for row in sql.rows(_SQL["tallies_of_bot"], bot=bot)]


def _counted(id_: int, *row: Any) -> Counted:
    subscription, version, unit, start_at, is_trial, quantity, amount = row
    tally = Tally(subscription, version, unit, periods.to_micros(start_at), is_trial)
    return Counted(id_, tally, quantity, amount)


def quantities(wanted: Collection[Tally]) -> dict[Tally, int]:
    """How many units those have had that were begun."""
    if not wanted:
        return {}
    found = sql.rows(
        _SQL["tally_quantities"],
        subscriptions=sql.bigints([one.subscription for one in wanted]),
        starts=sql.instants([one.start for one in wanted]),
    )
    return {_counted(*row).of: row[6] for row in found}


def used_up_trials(workspace: int | None = None) -> list[int]:
    """Trials of so many sessions that were had: of a workspace or, None, of all whose clock goes
    with the world's."""
    return [trial for (trial,) in sql.rows(_SQL["used_up_trials"], workspace=workspace)]


def save(several: Sequence[Counted]) -> None:
    """Writes back what was counted and charged."""
    sql.run(
        _SQL["save_tallies"],
        tallies=sql.bigints([one.id for one in several]),
        quantities=sql.bigints([one.quantity for one in several]),
        amounts=sql.bigints([one.amount_micro for one in several]),
    )
