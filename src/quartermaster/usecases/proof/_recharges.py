"""Looks at all that auto-recharge ever charged: it was on, one at a time, and within its caps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from quartermaster.core.invoices.taxes import NO_TAX
from quartermaster.core.lifecycles import recharge_proof
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.recharge import Attempt
from quartermaster.store.billing import queries as billing
from quartermaster.store.billing.models import RechargeTerms
from quartermaster.store.orders import recharges
from quartermaster.store.orders.models import Payment
from quartermaster.store.wallets.checks import Finding
from quartermaster.usecases.orders import _recharging

CHECK: Final = "recharges_keep_the_caps"


def faults() -> Iterator[Finding]:
    """A finding for each order that should not have been made. What it charged is known, with the
    tax of its time: that of now is nobody's."""
    for bot in recharges.recharged_bots():
        terms = {one.id: one for one in billing.recharges_of(bot)}
        rows = list(recharges.payments(bot))
        declines = recharges.declines(bot)
        for one in rows:
            if not _was_on(one, list(terms.values())):
                yield _finding(one, "was made while it was off, or by other terms")
        history = [
            (_attempt(one, number, declines), _recharging.settings(terms[by], NO_TAX))
            for number, one in enumerate(rows)
            if (by := one.order.recharge_id) in terms
        ]
        for attempt, what in recharge_proof.faults(history):
            yield _finding(rows[attempt.number], what)


def _attempt(one: Payment, number: int, declines: Mapping[int, datetime]) -> Attempt:
    found = recharges.attempt(one, number)
    if found.outcome is not Outcome.SUCCEEDED:
        return found
    return replace(found, declined_at=declines.get(one.order_id))


def _was_on(one: Payment, changes: Sequence[RechargeTerms]) -> bool:
    """By the terms that held then: none later were set before."""
    mine = [terms for terms in changes if terms.id == one.order.recharge_id]
    later = (each for terms in mine for each in changes if each.id > terms.id)
    is_replaced = any(each.set_at < one.begun_at for each in later)
    return bool(mine) and mine[0].on_at is not None and not is_replaced


def _finding(one: Payment, what: str) -> Finding:
    return Finding(CHECK, one.order.public_id, what)
