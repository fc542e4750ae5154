"""Step three of the meter: what changed, by the quarter of an hour."""

from typing import Final

import numpy as np

from quartermaster.core.usage.events import Kind
from quartermaster.core.usage.units import UNITS, Unit
from quartermaster.store.metering.operations import Figures
from quartermaster.usecases.usage._changes import Changes, Counted, Sessions, slots
from quartermaster.usecases.usage._intake import Intake

PLAIN_UNITS: Final = {
    Kind.API_REQUESTED: Unit.API_SESSION,
    Kind.ALERT_DELIVERED: Unit.ALERT,
    Kind.NOTIFICATION_DELIVERED: Unit.NOTIFICATION,
}


def count(intake: Intake, changes: Changes) -> None:
    """Adds sessions made and taken back, and plain units, to the roll-ups of their slots."""
    changes.figures.append(_figures(changes.made, 1))
    changes.figures.append(_figures(changes.withdrawn, -1))
    if np.isin(intake.kind, list(PLAIN_UNITS)).any():
        counted = changes.counted = _counted(intake)
        none = np.zeros(len(counted.bot), np.int64)
        changes.figures.append(
            Figures(
                counted.bot,
                counted.slot,
                counted.unit,
                counted.channel,
                counted.quantity,
                none,
                none,
            )
        )


def _figures(sessions: Sessions, quantity: int) -> Figures:
    none = np.zeros(len(sessions), np.int64)
    at_slots = slots(sessions.start)
    return Figures(
        sessions.bot, at_slots, sessions.unit, sessions.channel, none + quantity, none, none
    )


def _counted(intake: Intake) -> Counted:
    """How many of each unit, by bot, slot and channel."""
    bots = np.array([name.bot for name in intake.names], np.int64)
    found = []
    for kind, unit in PLAIN_UNITS.items():
        rows = intake.kind == kind
        columns = (bots[intake.code[rows]], slots(intake.time[rows]), intake.channel[rows])
        keys, quantity = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
        place = np.full(len(keys), UNITS.index(unit))
        found.append(np.stack([keys[:, 0], place, keys[:, 1], keys[:, 2], quantity], axis=1))
    return Counted(*np.concatenate(found).T)
