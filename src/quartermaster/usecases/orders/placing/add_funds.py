"""Somebody adds credit to a bot's wallet."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.core.lifecycles import funds
from quartermaster.store.billing import queries as billing
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import BY_ITSELF, NewFunds
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot


@dataclass(frozen=True, slots=True)
class Funds:
    """So much credit for a bot, in the currency's minor unit."""

    bot: Bot
    amount_minor: int
    by: str = BY_ITSELF
    is_draft: bool = False


def add_funds(wanted: Funds, idempotency_key: uuid.UUID, at: datetime) -> Order:
    """An order that is to be paid; the credit comes when it is. The same key and wish again is the
    same order, whatever is sold by then; with another wish it is refused (KeyReused).
    AmountNotSold."""
    bot, currency = wanted.bot, wanted.bot.workspace.currency
    with transaction.atomic():
        people.lock_workspace(bot.workspace_id)
        made = queries.find_by_key(idempotency_key)
        if made is not None:
            return _same(made, wanted)
        funds.require(wanted.amount_minor, currency, billing.funds_limits(currency))
        new = NewFunds(
            "funds", bot, wanted.amount_minor, idempotency_key, wanted.by, wanted.is_draft
        )
        return orders.add_funds(new, at)


def _same(made: Order, wanted: Funds) -> Order:
    there = (made.kind, made.bot_id, made.total_minor)
    if there != ("funds", wanted.bot.id, wanted.amount_minor):
        raise KeyReused("this key was used for another order", field="key")
    return made
