"""The operator moves everybody to the version of an offer that is sold now."""

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction

from quartermaster.core.periods import Period
from quartermaster.core.plans.quotes import Quote
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries as order_queries
from quartermaster.store.orders.operations import NewOrder
from quartermaster.store.people import operations as people
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.usecases.plans import _migrating
from quartermaster.usecases.plans._migrating import Move
from quartermaster.usecases.ports import Clock
from quartermaster.usecases.subscriptions import _fulfilling, _standing

_KEYS: Final = uuid.UUID("1f0f4a52-6d0f-4c8e-8a53-3ad0b8c1e6f2")


def migrate_version(key: str, now: Clock) -> list[Move]:
    """Plans for each subscription to another version that from the end of its cycle it has the one
    that is sold now; until then its owner may take that back or plan something else. One
    transaction each: cut off, it goes on with the rest when called again. NotSold."""
    moved = []
    for move in _migrating.moves(key):
        with transaction.atomic():
            people.lock_workspace(move.subscription.bot.workspace_id)
            if not move.obstacle and _plan(move, now(move.subscription.bot.workspace)):
                moved.append(move)
    return moved


def _plan(move: Move, at: datetime) -> bool:
    """Whether it was planned; not if something has changed since, or is being changed."""
    found = subscriptions.get(move.subscription.id)
    if found.revision != move.subscription.revision or found.is_ending:
        return False
    if found.cycle_end_at <= at or order_queries.find_open(found.bot_id, found.place):
        return False
    anchor = _standing.anchor_of(found)
    cycle = anchor.cycle(found.cycle_end_at, move.terms.months)
    quote = Quote(False, move.terms, anchor, Period(cycle.start, cycle.end), ())
    idempotency_key = uuid.uuid5(_KEYS, f"{found.public_id} {found.revision}")
    new = NewOrder("schedule", found.bot, found.place, found, quote, idempotency_key)
    _fulfilling.note(orders.add(new, at), at)
    return True
