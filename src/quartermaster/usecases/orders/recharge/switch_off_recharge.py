"""Somebody switches auto-recharge off."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.recharge import OffReason
from quartermaster.store.billing import operations, queries
from quartermaster.store.billing.models import RechargeTerms
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders import _recharging, _telling


def switch_off_recharge(bot: Bot, at: datetime, by: str) -> RechargeTerms:
    """Nothing is charged by itself from now on; what is in flight already is still settled. Twice
    is once. NotFound where it was never set."""
    with transaction.atomic():
        people.lock_workspace(bot.workspace_id)
        found = queries.find_recharge(bot.id)
        if found is None:
            raise NotFound(f"auto-recharge of {bot.name} was never set", field="bot")
        if found.on_at is None:
            return found
        at = _recharging.moment(bot, at)
        off = operations.switch_off_recharge(found, OffReason.SWITCHED_OFF, by, at)
        _telling.recharge_set(off, at)
        return off
