"""From when on usage is priced by other terms."""

from datetime import datetime, timedelta

from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.plans.terms import Terms
from quartermaster.store.metering import queries as metering
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.store.subscriptions.operations import NewPhase


def begin(
    subscription: Subscription,
    terms: Terms,
    anchor: Anchor,
    at: datetime,
    end_at: datetime | None = None,
    is_trial: bool = False,
) -> None:
    """The terms price usage from `at` on, or from just after what was counted ahead of it."""
    start = boundary(subscription, at)
    new = NewPhase(terms, anchor, start, end_at and max(end_at, start + _TICK), is_trial)
    subscriptions.begin_phase(subscription, new)


def end(subscription: Subscription, at: datetime) -> None:
    """No terms of the subscription price usage from `at` on, or just after what was counted."""
    subscriptions.end_phases(subscription, boundary(subscription, at))


_TICK = timedelta(microseconds=1)


def boundary(subscription: Subscription, at: datetime) -> datetime:
    """`at`, or just after usage that was counted ahead of it: events may be five minutes early, and
    what was priced stays priced by the terms of its time."""
    counted = metering.last_counted(subscription.bot_id, at)
    return at if counted is None else counted + _TICK
