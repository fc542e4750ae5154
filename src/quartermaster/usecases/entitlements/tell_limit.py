"""The platform tells how much of a limit a bot uses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from quartermaster.core.errors import Refusal
from quartermaster.core.plans.entitlements import Limit
from quartermaster.core.plans.suggestion import NOTIFICATIONS_PER_HOUR
from quartermaster.core.usage.events import FUTURE_MICROS
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.entitlements import _standing

_MOST: Final = 10**15
_AHEAD: Final = timedelta(microseconds=FUTURE_MICROS)


class UnknownLimit(Refusal):
    """No plan of the product has such a limit."""

    code = "unknown_limit"
    kind = "missing"


class MeasuredLimit(Refusal):
    """The use of this limit is counted from events, and cannot be told."""

    code = "measured_limit"
    kind = "conflict"


class BadUse(Refusal):
    """The use of a limit is a whole number from 0 on, told no earlier than it is so."""

    code = "bad_use"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class Told:
    """So much of a limit is in use at `since`, which may be past (None: now)."""

    name: str
    used: int
    since: datetime | None = None


def tell_limit(bot: Bot, product: str, told: Told, at: datetime) -> Limit:
    """The limit as it stands then. What was told of a later instant stays; of one instant the most
    counts, so that the order in which it is told does not matter. UnknownProduct, UnknownLimit,
    MeasuredLimit, BadUse."""
    _standing.require_product(product)
    since = told.since or at
    if not 0 <= told.used <= _MOST:
        raise BadUse(f"must be from 0 to {_MOST:,}", field="used")
    if since > at + _AHEAD:
        raise BadUse("more than five minutes ahead of the server's clock", field="at")
    _require_name(_standing.standing(bot, at, History()).limits(product), told.name)
    subscriptions.tell_limit(bot.id, product, told.name, told.used, since)
    return _standing.standing(bot, at, History()).limits(product)[told.name]


def _require_name(limits: Iterable[str], name: str) -> None:
    if name == NOTIFICATIONS_PER_HOUR:
        raise MeasuredLimit(field="name")
    known = [one for one in limits if one != NOTIFICATIONS_PER_HOUR]
    if name not in known:
        words = f"there are {', '.join(known)}" if known else "the product has none"
        raise UnknownLimit(f"no limit {name!r}: {words}", field="name")
