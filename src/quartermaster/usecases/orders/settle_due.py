"""All that is due is settled: cycles that have ended, and payments whose outcome is not known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from quartermaster.store.orders import queries as orders
from quartermaster.store.orders.models import Payment
from quartermaster.store.subscriptions import queries
from quartermaster.store.wallets import tallies
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.settle_renewal import settle_renewal
from quartermaster.usecases.ports.gateways import Gateways

PATIENCE: Final = timedelta(minutes=1)
"""After which a payment whose outcome is not known is asked for again."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A subscription or order, by its public id, and the state that it has come to; or what went
    wrong with it."""

    name: str
    state: str
    failure: Exception | None = None


def settle_due(
    gateways: Gateways, now: Callable[[], datetime], workspace: int | None = None
) -> Iterator[Settled]:
    """Asks again for payments that have been in flight for a minute, then renews or ends what is
    due, cycle by cycle, and has it paid. What fails holds up nothing else. Wherever it is cut off,
    the next time goes on, and several at once come to the same."""
    for payment in orders.in_flight(now() - PATIENCE, workspace):
        yield from _guarded(payment.order.public_id, _ask_again(gateways, payment, now))
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
