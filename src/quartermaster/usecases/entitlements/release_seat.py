"""An agent no longer holds a named seat."""

from datetime import datetime

from django.db import transaction

from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.usecases.entitlements import _standing


def release_seat(bot: Bot, product: str, agent: str, at: datetime) -> None:
    """From now on; the seat counts to the end of the month in which it was held. Where the agent
    holds none, nothing happens."""
    _standing.require_agents(product)
    with transaction.atomic():
        people.lock_workspace(bot.workspace_id)
        subscriptions.release_seat(bot.id, product, agent, at)
