"""What auto-recharge would have charged, had it been on: the same decisions over what happened."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from quartermaster.core.lifecycles import recharge
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import Attempt, Charge, Settings, Standing, Wait
from quartermaster.core.periods import Period


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a paid balance changed at an instant, in millionths."""

    at: datetime
    amount_micro: int


def rehearse(
    settings: Settings, standing: Standing, changes: Iterable[Change], span: Period
) -> tuple[Attempt, ...]:
    """The charges, all of which succeed at once, if it had been on for `span`. `standing` is at its
    start; changes outside of it do not count, and those of an instant count together."""
    settings = replace(settings, on_at=span.start)
    waiting = sorted((one for one in changes if one.at in span), key=lambda one: one.at)
    made: list[Attempt] = []
    at: datetime | None = span.start
    place = 0
    while at is not None and at in span:
        while place < len(waiting) and waiting[place].at <= at:
            standing = _after(standing, waiting[place].amount_micro)
            place += 1
        decision = recharge.decide(settings, made, standing, at)
        if isinstance(decision, Charge):
            made.append(_succeeded(decision, at))
            added = recharge.to_micro(decision.amount_minor, settings.currency)
            standing = _after(standing, added)
            continue
        until = decision.until if isinstance(decision, Wait) else None
        upcoming = waiting[place].at if place < len(waiting) else None
        at = min((one for one in (until, upcoming) if one is not None), default=None)
    return tuple(made)


def _succeeded(charge: Charge, at: datetime) -> Attempt:
    amount_minor = charge.amount_minor
    tax_minor = charge.due_minor - amount_minor
    return Attempt(charge.number, at, amount_minor, Outcome.SUCCEEDED, tax_minor=tax_minor)


def _after(standing: Standing, amount_micro: int) -> Standing:
    return replace(standing, balance_micro=standing.balance_micro + amount_micro)
