"""A bot's owner subscribes, or changes what the bot has."""

import uuid
from datetime import datetime

from django.db import transaction

from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.lifecycles.orders import Event
from quartermaster.core.lifecycles.orders import State as OrderState
from quartermaster.core.lifecycles.subscriptions import State
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries as order_queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import NewOrder
from quartermaster.store.people import operations as people
from quartermaster.usecases.subscriptions import _changing, _fulfilling, _standing
from quartermaster.usecases.subscriptions._changing import Change, ChangeInProgress, Wish


def order_change(wish: Wish, idempotency_key: uuid.UUID, at: datetime) -> Order:
    """Orders what `preview_change` shows. What costs nothing is fulfilled at once, and so is what
    a contract will invoice; what is to come with the next cycle is noted, and nothing is to be
    paid before. The same key and wish again is the same order; with another wish it is refused
    (KeyReused)."""
    with transaction.atomic():
        locked = people.lock_workspace(wish.bot.workspace_id)
        made = order_queries.find_by_key(idempotency_key)
        if made is not None:
            return _same(made, wish)
        change = _changing.change(wish, at)
        _make_room(wish, change, at)
        order = orders.add(_new(wish, change, idempotency_key), at)
        if order.kind == "schedule":
            _fulfilling.note(order, at)
        elif order.state == OrderState.DRAFT:
            pass
        elif not order.total_minor or _standing.is_on_account(locked.workspace, at):
            _fulfilling.fulfil(order, at)
        return order


def _make_room(wish: Wish, change: Change, at: datetime) -> None:
    """A renewal that was declined and is not being paid gives way."""
    waiting = order_queries.find_open(wish.bot.id, change.place)
    if waiting is None:
        return
    if waiting.kind != "renew" or order_queries.find_in_flight(waiting.id):
        raise ChangeInProgress(field="offer")
    orders.advance(waiting, Event.GIVEN_UP, at)


def _new(wish: Wish, change: Change, idempotency_key: uuid.UUID) -> NewOrder:
    has = change.subscription
    kind = "modify" if change.quote.is_now else "schedule"
    if has is None or has.state == State.TRIALING:
        kind = "subscribe"
    return NewOrder(
        kind,
        wish.bot,
        change.place,
        has,
        change.quote,
        idempotency_key,
        wish.by,
        wish.is_draft and kind != "schedule" and change.quote.total_minor > 0,
    )


def _same(made: Order, wish: Wish) -> Order:
    price = made.version.offer.seats if made.version else None
    seats = (price.included if price else 0) if wish.seats is None else wish.seats
    there = (made.bot_id, made.version and made.version.key, made.cadence, made.seats)
    if there != (wish.bot.id, wish.key, wish.cadence, seats):
        raise KeyReused("this key was used for another order", field="key")
    return made
