"""All that is due is settled: cycles that have ended, and what providers had no answer to yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from quartermaster.store.billing import queries as billing
from quartermaster.store.billing.models import MethodSetup
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Payment, Refund
from quartermaster.store.subscriptions import queries
from quartermaster.store.wallets import tallies
from quartermaster.usecases.orders.methods.complete_setup import complete_setup
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.settle_renewal import settle_renewal
from quartermaster.usecases.orders.refunds.complete_refund import complete_refund
from quartermaster.usecases.ports.gateways import Gateways

PATIENCE: Final = timedelta(minutes=1)
"""After which what is not known is asked for again. Payments on a page wait for a person, a day
at most, and are asked for as often: that costs a request each time the job runs."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A subscription, order, refund or setup, by its public id, and what it has come to; or what
    went wrong with it."""

    name: str
    state: str
    failure: Exception | None = None


def settle_due(
    gateways: Gateways, now: Callable[[], datetime], workspace: int | None = None
) -> Iterator[Settled]:
    """Asks again for payments, refunds and setups that have been in flight for a minute, then
    renews or ends what is due, cycle by cycle, and has it paid. What fails holds up nothing else.
    Wherever it is cut off, the next time goes on, and several at once come to the same."""
    before = now() - PATIENCE
    for payment in orders.in_flight(before, workspace):
        yield from _guarded(payment.order.public_id, _ask_again(gateways, payment, now))
    for refund in orders.refunds_in_flight(before, workspace):
        yield from _guarded(refund.public_id, _give_back(gateways, refund, now))
    for setup in billing.setups_in_flight(before, workspace):
        yield from _guarded(setup.public_id, _save(gateways, setup, now))
    for subscription in (*tallies.used_up_trials(workspace), *queries.due(now(), workspace)):
        name = queries.get(subscription).public_id
        yield from _guarded(name, _settle(gateways, subscription, now))


def _guarded(name: str, steps: Iterator[Settled]) -> Iterator[Settled]:
    try:
        yield from steps
    except Exception as failure:
        yield Settled(name, "", failure)


def _ask_again(
    gateways: Gateways, payment: Payment, now: Callable[[], datetime]
) -> Iterator[Settled]:
    order = complete_payment(gateways, payment, now)
    if orders.find_in_flight(order.id) is None:
        yield Settled(order.public_id, order.state)


def _give_back(
    gateways: Gateways, refund: Refund, now: Callable[[], datetime]
) -> Iterator[Settled]:
    outcome = complete_refund(gateways, refund, now).outcome
    if outcome is not None:
        yield Settled(refund.public_id, outcome)


def _save(gateways: Gateways, setup: MethodSetup, now: Callable[[], datetime]) -> Iterator[Settled]:
    outcome = complete_setup(gateways, setup, now).outcome
    if outcome is not None:
        yield Settled(setup.public_id, outcome)


def _settle(
    gateways: Gateways, subscription: int, now: Callable[[], datetime]
) -> Iterator[Settled]:
    """As long as it moves on: another cycle may have ended meanwhile."""
    is_moving = True
    while is_moving:
        revision = queries.get(subscription).revision
        payment = settle_renewal(gateways, subscription, now)
        found = queries.get(subscription)
        is_moving = found.revision != revision
        if is_moving or payment is not None:
            yield Settled(found.public_id, found.state)
