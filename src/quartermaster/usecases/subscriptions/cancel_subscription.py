"""A bot's owner no longer wants a subscription."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.lifecycles.subscriptions import Event, State
from quartermaster.store.orders import queries as orders
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.store.subscriptions import queries
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.subscriptions import _fulfilling, _phases, _telling


def cancel_subscription(bot: Bot, place: str, at: datetime) -> Subscription:
    """It ends with its cycle, and what was to follow does not. A trial ends at once, and so does
    what is past due; while its renewal is being paid, that decides. Twice is once; NotFound where
    the bot has none."""
    with transaction.atomic():
        people.lock_workspace(bot.workspace_id)
        subscription = queries.get_live(bot, place)
        was_ending, end_at = subscription.is_ending, at
        is_paying = orders.find_in_flight_at(bot.id, place) is not None
        if subscription.state == State.TRIALING:
            if not is_paying:
                _fulfilling.give_up_open(subscription, at)
            _fulfilling.end(subscription, Event.ENDED, at)
        elif subscription.state == State.PAST_DUE and not is_paying:
            _fulfilling.give_up_open(subscription, at)
            _fulfilling.end(subscription, Event.ENDED, at)
        elif not subscription.is_ending:
            subscription.is_ending = True
            subscription.next_version = subscription.next_cadence = subscription.next_seats = None
            subscriptions.save(subscription)
            end_at = max(at, subscription.cycle_end_at)
            _phases.end(subscription, end_at)
        if not was_ending:
            _telling.canceled(subscription, end_at, at)
        return subscription
