"""Counts all settled months of seats again and compares with what was charged for them."""

from collections.abc import Iterator
from typing import Final

from quartermaster.core import money
from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name
from quartermaster.store.subscriptions import overages
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.subscriptions.models import SeatMonth, Subscription
from quartermaster.store.wallets.checks import Finding
from quartermaster.usecases.archive._history import History
from quartermaster.usecases.entitlements import _overage

CHECK: Final = "seat_overage_follows_from_logins"


def differences(history: History) -> Iterator[Finding]:
    """A finding for each month that was passed over, or that does not
    come to what was charged. What came late and is to be settled again is left aside."""
    for which in overages.settled_subscriptions():
        subscription = subscriptions.get(which)
        there = overages.months_of(which)
        wanted = _overage.all_ended(subscription, there[-1].end_at)
        has = {(one.start_at, one.end_at, one.kind) for one in there}
        for month, kind in wanted:
            if (month.start, month.end, kind) not in has:
                detail = f"the month of {kind} seats from {month.start} was never settled"
                yield Finding(CHECK, subscription.public_id, detail)
        for one in there:
            if not one.is_late:
                yield from _compared(subscription, one, history)


def _compared(subscription: Subscription, one: SeatMonth, history: History) -> Iterator[Finding]:
    found = _overage.rate(subscription, one, history)
    currency = subscription.bot.workspace.currency
    due = money.to_micro(money.from_minor(found.amount_minor(currency), currency))
    if (found.seats, due) != (one.seats, one.amount_micro):
        words = f"{found.seats} seats too many cost {due}, settled are {one.seats}"
        detail = f"{words} for {one.amount_micro}"
        yield Finding(CHECK, public_ids.of(Name.SEAT_MONTH, one.id), detail)
