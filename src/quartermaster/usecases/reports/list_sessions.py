"""The sessions of a time, the latest first, a page at a time."""

from dataclasses import dataclass

from quartermaster.store.wallets import sessions
from quartermaster.store.wallets.sessions import ChargedSession, Place
from quartermaster.usecases.reports import _wanted
from quartermaster.usecases.reports._wanted import Wanted as Wanted


@dataclass(frozen=True, slots=True)
class SessionPage:
    """`following` is the place after which the next page begins; None at the end."""

    sessions: list[ChargedSession]
    following: Place | None


def list_sessions(wanted: Wanted, after: Place | None, limit: int) -> SessionPage:
    """A page of them. Refusal: NotFound for a bot that is not there."""
    found = sessions.charged_sessions(_wanted.where(wanted), after, limit + 1)
    following = found[limit - 1].place if len(found) > limit else None
    return SessionPage(found[:limit], following)
