"""A month's seats beyond those that were bought are paid by credit."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from quartermaster.core import money, periods
from quartermaster.core.ledger import credits, postings
from quartermaster.core.ledger.credits import Part
from quartermaster.core.ledger.transfers import Transfer
from quartermaster.core.lifecycles import clocks
from quartermaster.store.ledger import operations as ledger
from quartermaster.store.people import operations as people
from quartermaster.store.people.operations import Locked
from quartermaster.store.subscriptions import overages, queries
from quartermaster.store.subscriptions.models import SeatMonth, Subscription
from quartermaster.store.wallets import operations as wallets
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.credits import _lapsing
from quartermaster.usecases.entitlements import _overage
from quartermaster.usecases.ports import EventArchive

SETTLING: Final = timedelta(hours=1)
"""How long after its end a month is settled: most of what happened up to the end has come then."""
_KEYS: Final = uuid.UUID("3f1f7d0e-0f3f-4b61-8f0e-6b3d5e1c9a42")


def bill_overage(
    subscription: int, at: datetime, archive: EventArchive | None = None
) -> SeatMonth | None:
    """Settles one month of a plan: one that log-ins came late for, or else the first that ended an
    hour ago and is not settled. None where there is none. What is charged already stays; the
    difference is drawn, or given back. What a contract covers is on its statements instead."""
    with transaction.atomic():
        locked = people.lock_workspace(queries.workspace_of(subscription))
        at = clocks.read(locked.frozen_at, at)
        found = queries.get(subscription)
        month = overages.find_late(subscription)
        if month is None:
            due = next(_overage.pending(found, at - SETTLING), None)
            if due is None:
                return None
            month = overages.add(subscription, *due, at)
        _settle(locked, found, month, History(archive), at)
        return month


def _settle(
    locked: Locked, subscription: Subscription, month: SeatMonth, history: History, at: datetime
) -> None:
    found = _overage.rate(subscription, month, history)
    currency = subscription.bot.workspace.currency
    amount = money.to_micro(money.from_minor(found.amount_minor(currency), currency))
    change = amount - month.amount_micro
    first_at = None if found.at is None else periods.from_micros(found.at)
    overages.settle(month, found, amount, first_at, at)
    if change:
        _move(locked, subscription.bot_id, month, change, at)


def _move(locked: Locked, bot: int, month: SeatMonth, amount_micro: int, at: datetime) -> None:
    """Draws credit as usage does, or gives it back."""
    _lapsing.lapse_due(locked.workspace, at)
    order = credits.FREE_FIRST if locked.is_free_first else credits.PAID_FIRST
    purses = wallets.load_purses(locked.workspace, [bot], order, at)
    parts = list(credits.settle(purses[bot], [amount_micro], at))
    wallets.save_purses(locked.workspace, purses)
    number = len(overages.charges_of(month.id)) + 1
    name = f"seats {month.id}, {number}"
    keys = [uuid.uuid5(_KEYS, f"{name}, {place}") for place in range(len(parts))]
    ledger.post(locked.workspace, [_transfer(bot, part) for part in parts], keys, at)
    overages.charge(month, amount_micro, keys, at)


def _transfer(bot: int, part: Part) -> Transfer:
    move = postings.usage_moved(part.source, part.amount_micro < 0)
    amount = abs(part.amount_micro)
    return Transfer(move.fact, move.debit, move.credit, amount, bot, part.lot)
