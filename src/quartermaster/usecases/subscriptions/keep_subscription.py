"""What was to end or change with the cycle is taken back."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.usage.events import FUTURE_MICROS
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.store.subscriptions import queries
from quartermaster.store.subscriptions.models import Subscription

_AHEAD: Final = timedelta(microseconds=FUTURE_MICROS)


class NothingToTakeBack(Refusal):
    """Nothing is to end or change with this cycle."""

    code = "nothing_to_take_back"
    kind = "conflict"


class TooLate(Refusal):
    """Usage of the next cycle may have been priced already."""

    code = "cycle_ending"
    kind = "conflict"


def keep_subscription(bot: Bot, place: str, at: datetime) -> Subscription:
    """The subscription goes on as it is. Up to five minutes before its cycle ends, because events
    may be that far ahead (TooLate)."""
    with transaction.atomic():
        people.lock_workspace(bot.workspace_id)
        subscription = queries.get_live(bot, place)
        if not subscription.is_ending and subscription.next_version is None:
            raise NothingToTakeBack(field="place")
        if at >= subscription.cycle_end_at - _AHEAD:
            raise TooLate(field="place")
        subscription.is_ending = False
        subscription.next_version = subscription.next_cadence = subscription.next_seats = None
        subscriptions.save(subscription)
        subscriptions.reopen_phase(subscription, at)
        return subscription
