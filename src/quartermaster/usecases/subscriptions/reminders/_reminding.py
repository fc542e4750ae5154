"""Support plans that are renewed soon."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from quartermaster.core.lifecycles import clocks
from quartermaster.core.plans.terms import fees
from quartermaster.store.notices import queries as notices
from quartermaster.store.notices.models import Key
from quartermaster.store.people import operations as people
from quartermaster.store.subscriptions import queries
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.subscriptions import _standing, _telling

AHEAD: Final = timedelta(days=5)


def due(found: list[Subscription]) -> Iterator[tuple[datetime, int]]:
    """When each of these is to be told of, as far as it was not, and its internal id."""
    told = notices.told(Key.SUPPORT_RENEWING, [_cause(one) for one in found])
    for one in found:
        if _cause(one) not in told:
            yield one.cycle_end_at - AHEAD, one.id


def remind(subscription: int, at: datetime) -> bool:
    """Whether there was something to tell: five days before the renewal and up to it, where it
    costs something and nobody's contract is billed for it."""
    with transaction.atomic():
        locked = people.lock_workspace(queries.workspace_of(subscription))
        at = clocks.read(locked.frozen_at, at)
        found = queries.get(subscription)
        renewing = due(queries.support_renewing(at + AHEAD, locked.workspace))
        is_due = found.id in [which for _, which in renewing]
        if not is_due or at >= found.cycle_end_at or not _is_charged(found):
            return False
        _telling.renewing(found, _cause(found), at)
        return True


def _is_charged(found: Subscription) -> bool:
    workspace = found.bot.workspace
    several = fees(_standing.next_terms(found), workspace.currency)
    is_free = not any(fee.amount_minor for fee in several)
    return not is_free and not _standing.is_on_account(workspace.id, found.cycle_end_at)


def _cause(found: Subscription) -> str:
    return f"{found.public_id} on {found.cycle_end_at.isoformat()}"
