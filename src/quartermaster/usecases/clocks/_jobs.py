"""What the jobs do for one workspace, act by act, and when each act is due.

A job becomes part of advancing a clock by its place in `JOBS`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from quartermaster.core.formats import public_ids
from quartermaster.core.lifecycles.clocks import Due
from quartermaster.core.lifecycles.orders import STANDS, expires_at
from quartermaster.core.lifecycles.orders import State as OrderState
from quartermaster.core.lifecycles.subscriptions import State
from quartermaster.store.billing import queries as billing
from quartermaster.store.contracts import queries as contracts
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders import recharges
from quartermaster.store.orders.models import Order
from quartermaster.store.people import operations as people
from quartermaster.store.people import queries as people_queries
from quartermaster.store.subscriptions import overages
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.store.wallets import operations as wallets
from quartermaster.store.wallets import tallies
from quartermaster.usecases.clocks.works import Happened, What, Works
from quartermaster.usecases.credits import _lapsing
from quartermaster.usecases.entitlements import _overage
from quartermaster.usecases.entitlements.bill_overage import SETTLING as SEATS_SETTLING
from quartermaster.usecases.entitlements.bill_overage import bill_overage
from quartermaster.usecases.orders import _recharging, _ways
from quartermaster.usecases.orders.methods import _watching
from quartermaster.usecases.orders.methods.complete_setup import complete_setup
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.settle_renewal import settle_renewal
from quartermaster.usecases.orders.placing.expire_orders import expire_orders
from quartermaster.usecases.orders.recharge.recharge_wallet import recharge_wallet
from quartermaster.usecases.orders.refunds.complete_refund import complete_refund
from quartermaster.usecases.orders.settling.settle_due import PATIENCE
from quartermaster.usecases.plans.contracts.close_cycle import SETTLING, close_cycle
from quartermaster.usecases.ports.gateways import Unavailable
from quartermaster.usecases.subscriptions.reminders import _reminding


@dataclass(frozen=True, slots=True)
class Job:
    """`due` tells a workspace's acts by an instant, `run` does one of them at an instant; whatever
    is not due any more when it is run is not done."""

    due: Callable[[int, datetime], Iterable[tuple[datetime, int]]]
    run: Callable[[Works, int, int, datetime], Iterator[Happened]]


def waiting(workspace: int, until: datetime) -> list[Due]:
    """All acts that are due by an instant."""
    return [
        Due(at, number, which)
        for number, job in enumerate(JOBS)
        for at, which in job.due(workspace, until)
    ]


def run(works: Works, workspace: int, due: Due, at: datetime) -> Iterator[Happened]:
    """Does what is due; while a provider is away, it stays due."""
    with suppress(Unavailable):
        yield from JOBS[due.job].run(works, workspace, due.which, at)


def ask_again(works: Works, workspace: int, at: datetime) -> Iterator[Happened]:
    """What providers had no answer to is asked for again, each with its own key."""
    waits = [
        *(_ask(works, workspace, one.id, at) for one in orders.in_flight(at, workspace)),
        *(
            _give_back(works, workspace, one.id, at)
            for one in orders.refunds_in_flight(at, workspace)
        ),
        *(_save(works, workspace, one.id, at) for one in billing.setups_in_flight(at, workspace)),
    ]
    for one in waits:
        with suppress(Unavailable):
            yield from one


def _ask(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    payment = orders.payment(which)
    if payment.outcome is not None:
        return
    complete_payment(works.gateways, payment, lambda: at)
    payment.refresh_from_db()
    if payment.outcome is not None:
        yield Happened(at, What(f"payment_{payment.outcome}"), payment.order.public_id)


def _unknown(workspace: int, until: datetime) -> Iterable[tuple[datetime, int]]:
    for one in orders.in_flight(until - PATIENCE, workspace):
        yield one.begun_at + PATIENCE, one.id
        if _ways.is_on_page(one) and one.begun_at + STANDS < until:
            yield _just_after(one.begun_at + STANDS), one.id


def _just_after(at: datetime) -> datetime:
    return at + timedelta(microseconds=1)


def _going_back(workspace: int, until: datetime) -> Iterable[tuple[datetime, int]]:
    found = orders.refunds_in_flight(until - PATIENCE, workspace)
    return [(one.begun_at + PATIENCE, one.id) for one in found]


def _give_back(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    refund = complete_refund(works.gateways, orders.get_refund(which), lambda: at)
    if refund.outcome is not None:
        yield Happened(at, What(f"refund_{refund.outcome}"), refund.public_id)


def _being_saved(workspace: int, until: datetime) -> Iterable[tuple[datetime, int]]:
    for one in billing.setups_in_flight(until - PATIENCE, workspace):
        yield one.begun_at + PATIENCE, one.id
        if one.begun_at + STANDS < until:
            yield _just_after(one.begun_at + STANDS), one.id


def _save(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    setup = complete_setup(works.gateways, billing.get_setup(which), lambda: at)
    if setup.outcome is not None:
        yield Happened(at, What(f"setup_{setup.outcome}"), setup.public_id)


def _unpaid(workspace: int, until: datetime) -> Iterable[tuple[datetime, int]]:
    for one in orders.expired(until, workspace):
        expiry = expires_at(OrderState(one.state), one.kind, one.ordered_at)
        if expiry is not None:
            yield _just_after(expiry), one.id


def _expire(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    for one in expire_orders(works.gateways, lambda: at, workspace):
        if isinstance(one, Order):
            yield Happened(at, What.ORDER_EXPIRED, one.public_id)
        elif not isinstance(one, Unavailable):
            raise one


def _low_wallets(workspace: int, until: datetime) -> Iterable[tuple[datetime, int]]:
    """Wallets under their threshold: at once, or when back-off or caps are over."""
    at = people_queries.get(workspace).frozen_at or until
    for bot in recharges.under_threshold(workspace):
        due = _recharging.due_at(bot, at)
        if due is not None and due <= until:
            yield due, bot


def _recharge(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    (bot,) = people_queries.bots_by_id([which])
    order = recharge_wallet(works.gateways, bot, lambda: at)
    if order is not None:
        yield Happened(at, What(f"recharge_{order.state}"), order.public_id)


def _expiries(workspace: int, until: datetime) -> Iterable[tuple[datetime, int]]:
    found = wallets.next_expiry(workspace, until)
    return [] if found is None else [(found, 0)]


def _lapse(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    with transaction.atomic():
        people.lock_workspace(workspace)
        lots = _lapsing.lapse_due(workspace, at)
    for lot in lots:
        yield Happened(at, What.CREDITS_LAPSED, public_ids.of(public_ids.Name.LOT, lot))


def _renew(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    before = subscriptions.get(which)
    ordered = orders.find_open(before.bot_id, before.place)
    payment = settle_renewal(works.gateways, which, lambda: at)
    is_new = payment is not None and (ordered is None or payment.order_id != ordered.id)
    what = _told(before, subscriptions.get(which), is_new)
    if what is not None:
        yield Happened(at, what, before.public_id)


def end_used_up(works: Works, workspace: int, at: datetime) -> Iterator[Happened]:
    """Trials whose sessions were had end as soon as these are metered."""
    for which in tallies.used_up_trials(workspace):
        yield from _renew(works, workspace, which, at)


def _told(before: Subscription, after: Subscription, is_ordered: bool) -> What | None:
    if after.state == State.CANCELED:
        if before.state == State.TRIALING:
            return What.TRIAL_ENDED
        return What.SUBSCRIPTION_ENDED if before.is_ending else What.SUBSCRIPTION_CANCELED
    if after.cycle_end_at > before.cycle_end_at:
        return What.SUBSCRIPTION_RENEWED
    if after.failures > before.failures:
        return What.RENEWAL_DECLINED
    return What.RENEWAL_UNPAID if is_ordered else None


def _cycles(workspace: int, until: datetime) -> Iterable[tuple[datetime, int]]:
    found = contracts.due_times(workspace, until - SETTLING)
    return [(end + SETTLING, contract) for end, contract in found]


def _close(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    statement = close_cycle(which, at, works.archive, SETTLING)
    if statement is not None:
        yield Happened(at, What.CYCLE_CLOSED, statement.public_id)


def _seat_months(workspace: int, until: datetime) -> Iterable[tuple[datetime, int]]:
    for which in overages.due(workspace):
        late = overages.find_late(which)
        if late is not None:
            yield late.end_at, which
            continue
        for month, _ in _overage.pending(subscriptions.get(which), until - SEATS_SETTLING):
            yield month.end + SEATS_SETTLING, which
            break


def _bill(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    month = bill_overage(which, at, works.archive)
    if month is not None:
        yield Happened(at, What.SEATS_SETTLED, public_ids.of(public_ids.Name.SEAT_MONTH, month.id))


def _remind(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    if _reminding.remind(which, at):
        yield Happened(at, What.RENEWAL_ANNOUNCED, subscriptions.get(which).public_id)


def _watch(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    if _watching.tell(which, at):
        yield Happened(at, What.METHOD_EXPIRY_TOLD, billing.get_method(which).public_id)


JOBS: Final = (
    Job(_expiries, _lapse),
    Job(lambda workspace, until: _watching.due(until, workspace), _watch),
    Job(lambda workspace, until: _reminding.due(until, workspace), _remind),
    Job(_unknown, _ask),
    Job(_going_back, _give_back),
    Job(_being_saved, _save),
    Job(_unpaid, _expire),
    Job(subscriptions.due_times, _renew),
    Job(_cycles, _close),
    Job(_seat_months, _bill),
    Job(_low_wallets, _recharge),
)
"""Of acts at the same instant, those of the first come first: credit that expires pays for nothing
that begins then."""
