"""Step three of the meter: what changed, by the quarter of an hour."""

from collections import Counter
from typing import Final

from quartermaster.core.usage.events import Kind
from quartermaster.store.catalog.models import Unit
from quartermaster.usecases.usage._changes import Changes, Counted, slot, slots
from quartermaster.usecases.usage._intake import Intake

_UNITS: Final = {
    Kind.API_REQUESTED: Unit.API_SESSION.value,
    Kind.ALERT_DELIVERED: Unit.ALERT.value,
    Kind.NOTIFICATION_DELIVERED: Unit.NOTIFICATION.value,
}


def count(intake: Intake, changes: Changes) -> None:
    """Adds sessions made and taken back, and plain units, to the roll-ups of their slots."""
    for session in changes.made:
        changes.add((session.bot, slot(session.start), session.unit, session.channel), 1)
    for session in changes.withdrawn:
        changes.add((session.bot, slot(session.start), session.unit, session.channel), -1)
    counter: Counter[tuple[int, int, int, int]] = Counter()
    for unit_kind in _UNITS:
        rows = intake.kind == unit_kind
        counter.update(
            zip(
                intake.code[rows].tolist(),
                intake.kind[rows].tolist(),
                slots(intake.time[rows]).tolist(),
                intake.channel[rows].tolist(),
                strict=True,
            )
        )
    for (code, kind, slot_micros, channel), quantity in counter.items():
        bot, unit = intake.names[code].bot, _UNITS[Kind(kind)]
        changes.counted.append(Counted(bot, unit, slot_micros, channel, quantity))
        changes.add((bot, slot_micros, unit, channel), quantity)
