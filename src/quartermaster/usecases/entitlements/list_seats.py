"""How many seats have a workspace's bots, and how many are in use?"""

from datetime import datetime

from quartermaster.core.plans.entitlements import Seats
from quartermaster.store import sql
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.entitlements import _standing
from quartermaster.usecases.ports import EventArchive


def list_seats(
    workspace: int, product: str, at: datetime, archive: EventArchive | None = None
) -> list[tuple[Bot, Seats]]:
    """Of the bots that are subscribed to a product in which agents work, by name; those whose plan
    has no seats are left out. NoAgents."""
    _standing.require_agents(product)
    with sql.snapshot():
        history = History(archive)
        several = (
            (bot, _standing.standing(bot, at, history).seats(product)[0])
            for bot in subscriptions.subscribers(workspace, product)
        )
        return [(bot, seats) for bot, seats in several if seats.kind is not None]
