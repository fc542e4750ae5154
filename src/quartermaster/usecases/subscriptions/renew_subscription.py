"""A cycle has ended: the next one is ordered, or the subscription ends."""

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction

from quartermaster.core.lifecycles import clocks
from quartermaster.core.lifecycles.subscriptions import LIVE, Event, State
from quartermaster.core.plans import quotes
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries as order_queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import NewOrder
from quartermaster.store.people import operations as people
from quartermaster.store.subscriptions import queries
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.store.wallets import tallies
from quartermaster.usecases.subscriptions import _fulfilling, _standing

_KEYS: Final = uuid.UUID("6e3f9f3a-8a55-4f0c-9d5e-5a3c2f6b1c47")


def renew_subscription(subscription: int, at: datetime) -> Order | None:
    """What is to be paid now, if anything: the renewal that was just ordered, or one that was not
    paid and is to be tried again. An order that nobody paid before the cycle ended is canceled. A
    trial ends with its time, or when its sessions were had.
    Nothing happens while a payment is in flight, or before the cycle's end."""
    with transaction.atomic():
        locked = people.lock_workspace(queries.workspace_of(subscription))
        at = clocks.read(locked.frozen_at, at)
        found = queries.get(subscription)
        if found.state not in LIVE or (
            found.cycle_end_at > at and found.id not in tallies.used_up_trials(locked.workspace)
        ):
            return None
        open_order = order_queries.find_open(found.bot_id, found.place)
        if open_order is not None and order_queries.find_in_flight(open_order.id):
            return None
        if found.state == State.TRIALING or found.is_ending:
            _fulfilling.give_up_open(found, at)
            _fulfilling.end(found, Event.ENDED, at)
            return None
        if open_order is not None and open_order.kind == "renew":
            return open_order if found.attempt_at is None or found.attempt_at <= at else None
        _fulfilling.give_up_open(found, at)
        return _renew(found, at)


def _renew(found: Subscription, at: datetime) -> Order | None:
    quote = quotes.renew(_standing.standing(found), _standing.next_terms(found))
    before = order_queries.renewals(found.id, quote.cycle.start)
    name = f"{found.public_id} from {quote.cycle.start.isoformat()}, {before} before"
    key = uuid.uuid5(_KEYS, name)
    order = orders.add(NewOrder("renew", found.bot, found.place, found, quote, key), at)
    if order.total_minor and not _standing.is_on_account(order.workspace_id, at):
        return order
    _fulfilling.fulfil(order, at)
    return None
