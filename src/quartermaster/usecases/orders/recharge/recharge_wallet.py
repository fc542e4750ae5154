"""A bot's wallet is recharged if that is due: noted, charged, and what came of it noted.

Each of the three is done before the next begins. The order and the attempt to have it paid are
noted in the transaction that decides. Cut off after it, the attempt is in flight: nothing else is
begun for the wallet, and the job that asks again for what is not known asks with its key.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction

from quartermaster.core.lifecycles.recharge import Charge
from quartermaster.store.billing import queries as billing
from quartermaster.store.billing.models import RechargeTerms
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.orders.operations import NewFunds
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot
from quartermaster.usecases.orders import _recharging, _ways
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.settle_payment import settle_payment
from quartermaster.usecases.ports.gateways import Gateways

_KEYS: Final = uuid.UUID("5d0c8a43-61be-4b1f-8f0e-0c6f3a97d2e4")


def recharge_wallet(gateways: Gateways, bot: Bot, now: Callable[[], datetime]) -> Order | None:
    """The order after the answer, whose outcome may not be known; None where nothing is due."""
    payment = _begin(gateways, bot, now())
    return None if payment is None else complete_payment(gateways, payment, now)


def _begin(gateways: Gateways, bot: Bot, at: datetime) -> Payment | None:
    """What waits for its back-off or its caps is looked at every minute: without the lock, which
    the meter of a busy workspace holds for seconds. Only what is decided under it counts."""
    if _due(bot, at) is None:
        return None
    with transaction.atomic():
        people.lock_workspace(bot.workspace_id)
        found = _due(bot, at)
        return None if found is None else _order(gateways, *found, at)


def _due(bot: Bot, at: datetime) -> tuple[RechargeTerms, Charge] | None:
    terms = billing.find_recharge(bot.id)
    decision = None if terms is None else _recharging.due(terms, at)
    return (terms, decision) if terms and isinstance(decision, Charge) else None


def _order(gateways: Gateways, terms: RechargeTerms, due: Charge, at: datetime) -> Payment:
    """The key of the attempt is the order's too: the database refuses a second one. A provider that
    is switched off has declined: its owner is told, and it is tried again as after any decline. The
    tax is the one that fitted under the caps."""
    key = uuid.uuid5(_KEYS, due.key)
    order = orders.add_funds(
        NewFunds("recharge", terms.bot, due.amount_minor, key, recharge=terms, tax=due.tax), at
    )
    attempt = orders.begin_payment(order, _ways.charged_to(terms.method), at)
    refused = _ways.not_asked(gateways, attempt)
    if refused is not None:
        settle_payment(attempt.id, refused, at)
    return queries.payment(attempt.id)
