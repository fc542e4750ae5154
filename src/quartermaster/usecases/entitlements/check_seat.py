"""May an agent log in?"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.plans import entitlements
from quartermaster.core.plans.entitlements import SeatAnswer
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.entitlements import _standing
from quartermaster.usecases.ports import EventArchive

KEPT: Final = timedelta(seconds=60)


def check_seat(
    bot: Bot, product: str, agent: str, at: datetime, archive: EventArchive | None = None
) -> SeatAnswer:
    """Yes or no, and the seats with this agent counted. A yes for a concurrent seat is kept for a
    minute, or until the log-in arrives: of several who ask for the last one at once, one is told
    yes. Who is told no may have logged in all the same: log-ins are facts. NoAgents, BadAgent."""
    _standing.require_agents(product)
    _standing.require_agent(agent)
    with transaction.atomic():
        subscriptions.lock_live(bot.id, product)
        seats, taken = _standing.standing(bot, at, History(archive)).seats(product)
        answer = entitlements.check(seats, agent in taken.now)
        if answer.may_log_in and seats.kind is SeatKind.CONCURRENT:
            subscriptions.keep_seat(bot.id, product, agent, at, at + KEPT)
        return answer
