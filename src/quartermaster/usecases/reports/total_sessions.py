"""What all sessions of a time come to, however many there are."""

from dataclasses import dataclass
from typing import Final

from quartermaster.core.usage.units import Unit
from quartermaster.store.metering import figures
from quartermaster.store.metering.figures import Only
from quartermaster.store.people import queries as people
from quartermaster.usecases.reports import _wanted
from quartermaster.usecases.reports._wanted import Wanted

_SESSIONS: Final = (Unit.BILLING_SESSION, Unit.VOICE_SESSION)


@dataclass(frozen=True, slots=True)
class SessionTotal:
    """How many, and what they were charged."""

    sessions: int
    charged_micro: int


def total_sessions(wanted: Wanted) -> SessionTotal | None:
    """From the roll-ups; those do not know end users, so None where one's are wanted. Refusal:
    NotFound for a bot that is not there."""
    if wanted.user is not None:
        return None
    workspace = wanted.workspace
    bot = people.get_bot(workspace, wanted.bot).id if wanted.bot is not None else None
    only, zone = Only(bot, _wanted.channel(wanted)), workspace.time_zone
    units = _SESSIONS if wanted.unit is None else (wanted.unit,)
    found = [
        one for one in figures.usage(workspace, wanted.period, "", zone, only) if one.unit in units
    ]
    charged = sum(one.paid_micro + one.free_micro for one in found)
    return SessionTotal(sum(one.quantity for one in found), charged)
