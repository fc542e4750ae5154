"""A new bot with an empty wallet."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.usage import sessions
from quartermaster.store.ledger import operations as ledger
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot, Workspace
from quartermaster.store.wallets import operations as wallets
from quartermaster.usecases.people import _names


class InactivityOutOfRange(Refusal):
    """The inactivity time must be between 5 minutes and 14 days."""

    code = "inactivity_out_of_range"
    kind = "invalid"


def create_bot(workspace: Workspace, name: str, inactivity_seconds: int, at: datetime) -> Bot:
    """Opens a bot. Refuses a name that the workspace has already."""
    lowest, highest = sessions.MIN_INACTIVITY_SECONDS, sessions.MAX_INACTIVITY_SECONDS
    if not lowest <= inactivity_seconds <= highest:
        raise InactivityOutOfRange(field="inactivity")
    _names.require_name(name)
    if name.startswith("bot_"):
        raise _names.BadName("bot_… is kept for ids; choose another name", field="name")
    with transaction.atomic():
        people.lock_workspace(workspace.id)
        bot = people.add_bot(workspace, name, inactivity_seconds, at)
        ledger.open_bot_accounts(workspace.id, bot.id)
        wallets.open_wallet(bot.id)
        return bot
