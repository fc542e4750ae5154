"""The operator grants credit: free to a workspace, or paid to one of its bots."""

import uuid
from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.ledger import postings
from quartermaster.core.ledger.transfers import KeyReused
from quartermaster.store.ledger import operations as ledger
from quartermaster.store.people import operations as people
from quartermaster.store.wallets import operations as wallets
from quartermaster.store.wallets.models import Lot
from quartermaster.store.wallets.operations import Grant
from quartermaster.usecases.credits import _lapsing


class AmountOutOfRange(Refusal):
    """The amount must be more than zero and at most one thousand million."""

    code = "amount_out_of_range"
    kind = "invalid"


class ExpiryPassed(Refusal):
    """The credit would have expired already."""

    code = "expiry_passed"
    kind = "invalid"


MOST_MICRO = 10**15


def grant_credits(grant: Grant, at: datetime) -> Lot:
    """Adds a lot and its transfer. The same key and body again is the same grant; with another body
    it is refused (`KeyReused`)."""
    if not 0 < grant.amount_micro <= MOST_MICRO:
        raise AmountOutOfRange(field="amount")
    with transaction.atomic():
        people.lock_workspace(grant.workspace)
        made = wallets.find_lot(grant.idempotency_key)
        if made is not None:
            return _same(made, grant)
        if grant.expires_at is not None and grant.expires_at <= at:
            raise ExpiryPassed(field="expires_at")
        _lapsing.lapse_due(grant.workspace, at)  # what has expired settles no debt
        lot = wallets.add_lot(grant, at)
        if grant.bot is None:
            transfer = postings.free_credits_granted(grant.amount_micro, lot.id)
        else:
            transfer = postings.funds_added(grant.amount_micro, grant.bot, lot.id)
        key = uuid.uuid5(grant.idempotency_key, "grant")
        ledger.post(grant.workspace, [transfer], [key], at)
        return lot


def _same(made: Lot, grant: Grant) -> Lot:
    there = (made.workspace_id, made.bot_id, made.granted_micro, made.expires_at)
    body = (grant.workspace, grant.bot, grant.amount_micro, grant.expires_at)
    if (*there, made.price_paid_minor) != (*body, grant.price_paid_minor):
        raise KeyReused(field="key")
    return made
