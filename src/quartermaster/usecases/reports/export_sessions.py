"""All sessions of a time, however many there are."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from quartermaster.core import money
from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name
from quartermaster.store.wallets import sessions
from quartermaster.store.wallets.sessions import ChargedSession
from quartermaster.usecases.reports import _wanted
from quartermaster.usecases.reports._wanted import Wanted

_PIECE: Final = 400


class SessionLine(NamedTuple):
    """A session as it leaves the product: its fields are the columns of every form of export.

    What is of its conversation is None where late events gave that another start; `charge_id` is
    None where the session cost nothing.
    """

    id: str
    bot: str
    bot_name: str
    channel: str | None
    user: str | None
    unit: str
    conversation: str | None
    conversation_start_at: datetime | None
    conversation_end_at: datetime | None
    start_at: datetime
    end_at: datetime
    charge_id: str | None
    charge: str
    paid: str
    free: str
    currency: str
    paid_by: str

    @classmethod
    def of(cls, one: ChargedSession, currency: str) -> "SessionLine":
        """With public ids, and amounts in exact decimals."""
        return cls(
            public_ids.of(Name.SESSION, one.id),
            one.bot,
            one.bot_name,
            one.channel,
            one.user,
            one.unit,
            one.conversation,
            one.conversation_start_at,
            one.conversation_end_at,
            one.start_at,
            one.end_at,
            public_ids.of(Name.CHARGE, one.charge) if one.charge else None,
            money.exact_micro(one.amount_micro),
            money.exact_micro(one.paid_micro),
            money.exact_micro(one.free_micro),
            currency,
            one.paid_by,
        )


def export_sessions(wanted: Wanted) -> Iterator[list[SessionLine]]:
    """The latest first, some hundred at a time: in little memory, and nobody waits for whoever
    takes them slowly. Refusal, before the first are asked for: NotFound."""
    return _lines(sessions.slices(_wanted.where(wanted)), wanted.workspace.currency)


def _lines(parts: Iterable[list[ChargedSession]], currency: str) -> Iterator[list[SessionLine]]:
    for part in parts:
        for start in range(0, len(part), _PIECE):
            yield [SessionLine.of(one, currency) for one in part[start : start + _PIECE]]
