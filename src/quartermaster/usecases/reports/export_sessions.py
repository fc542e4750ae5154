"""All sessions of a time, however many there are."""

from collections.abc import Iterator

from quartermaster.store.wallets import sessions
from quartermaster.store.wallets.sessions import ChargedSession
from quartermaster.usecases.reports import _wanted
from quartermaster.usecases.reports._wanted import Wanted


def export_sessions(wanted: Wanted) -> Iterator[list[ChargedSession]]:
    """The latest first, some thousand at a time: in little memory, and nobody waits for whoever
    takes them slowly. Refusal, before the first are asked for: NotFound."""
    return sessions.slices(_wanted.where(wanted))
