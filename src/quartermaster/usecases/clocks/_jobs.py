"""What the jobs do for one workspace, act by act, and when each act is due.

A job becomes part of advancing a clock by its place in `JOBS`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString

from django.db import transaction

from quartermaster.core.formats import public_ids
from quartermaster.core.lifecycles.clocks import Due
from quartermaster.core.lifecycles.orders import STANDS
from quartermaster.core.lifecycles.subscriptions import State
from quartermaster.store import sql
from quartermaster.store.billing import queries as billing
from quartermaster.store.contracts import queries as contracts
from quartermaster.store.orders import queries as orders
from quartermaster.store.orders import recharges
from quartermaster.store.people import operations as people
from quartermaster.store.people import queries as people_queries
from quartermaster.store.subscriptions import overages
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.store.wallets import queries as lots
from quartermaster.store.wallets import tallies
from quartermaster.usecases.clocks.works import Happened, What, Works
from quartermaster.usecases.credits import _lapsing
from quartermaster.usecases.entitlements import _overage
from quartermaster.usecases.entitlements.bill_overage import SETTLING as SEATS_SETTLING
from quartermaster.usecases.entitlements.bill_overage import bill_overage
from quartermaster.usecases.orders import _recharging
from quartermaster.usecases.orders.methods import _watching
from quartermaster.usecases.orders.methods.complete_setup import complete_setup
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.settle_renewal import settle_renewal
from quartermaster.usecases.orders.placing import _expiring
from quartermaster.usecases.orders.recharge.recharge_wallet import recharge_wallet
from quartermaster.usecases.orders.refunds.complete_refund import complete_refund
from quartermaster.usecases.orders.settling.settle_due import PATIENCE
from quartermaster.usecases.plans.contracts.close_cycle import SETTLING, close_cycle
from quartermaster.usecases.ports.gateways import Unavailable
from quartermaster.usecases.subscriptions.reminders import _reminding

Found = list[tuple[datetime, int]]
"""Instants, and what is due then, by its internal id."""


@dataclass(frozen=True, slots=True)
class Job:
    """`asked` is a statement that selects what may be due in a workspace by an instant, `due` tells
    of that what is, and when; `run` does one of these acts at an instant. Whatever is not due any
    more when it is run is not done."""

    asked: LiteralString
    run: Callable[[Works, int, int, datetime], Iterator[Happened]]
    due: Callable[[Found, datetime], Iterable[tuple[datetime, int]]]


def waiting(workspace: int, until: datetime) -> list[Due]:
    """All acts that are due by an instant. After each act all jobs are asked again: at once."""
    several: dict[int, Found] = {}
    terms = {
        "expires_by": (until + _watching.AHEAD).date(),
        "renews_by": until + _reminding.AHEAD,
        **recharges.rates(),
    }
    for number, at, which in sql.rows(_ASKED, workspace=workspace, until=until, **terms):
        several.setdefault(number, []).append((at, which))
    return [
        Due(at, number, which)
        for number, found in several.items()
        for at, which in JOBS[number].due(found, until)
        if at <= until
    ]


def run(works: Works, workspace: int, due: Due, at: datetime) -> Iterator[Happened]:
    """Does what is due; while a provider is away, it stays due."""
    with suppress(Unavailable):
        yield from JOBS[due.job].run(works, workspace, due.which, at)


def ask_again(works: Works, workspace: int, at: datetime) -> Iterator[Happened]:
    """What providers had no answer to is asked for again, each with its own key."""
    for number, _, which in sorted(sql.rows(_IN_FLIGHT, workspace=workspace, until=at)):
        with suppress(Unavailable):
            yield from (_ask, _give_back, _save)[number](works, workspace, which, at)


def _as_found(found: Found, until: datetime) -> Found:
    return found


def _after(span: timedelta) -> Callable[[Found, datetime], Found]:
    return lambda found, until: [(at + span, which) for at, which in found]


def _ask(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    payment = orders.payment(which)
    if payment.outcome is not None:
        return
    complete_payment(works.gateways, payment, lambda: at)
    payment.refresh_from_db()
    if payment.outcome is not None:
        yield Happened(at, What(f"payment_{payment.outcome}"), payment.order.public_id)


def _give_back(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    refund = complete_refund(works.gateways, orders.get_refund(which), lambda: at)
    if refund.outcome is not None:
        yield Happened(at, What(f"refund_{refund.outcome}"), refund.public_id)


def _save(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    setup = complete_setup(works.gateways, billing.get_setup(which), lambda: at)
    if setup.outcome is not None:
        yield Happened(at, What(f"setup_{setup.outcome}"), setup.public_id)


def _unpaid(found: Found, until: datetime) -> Found:
    ends = orders.expiries(which for _, which in found)
    return [(end + _JUST, which) for end, which in ends]


def _expire(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    order = _expiring.expire(works.gateways, which, lambda: at)
    if order is not None:
        yield Happened(at, What.ORDER_EXPIRED, order.public_id)


def _low_wallets(found: Found, until: datetime) -> Iterable[tuple[datetime, int]]:
    """Wallets under their threshold: at once, or when back-off or caps are over."""
    for at, bot in found:
        due = _recharging.due_at(bot, at)
        if due is not None:
            yield due, bot


def _recharge(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    (bot,) = people_queries.bots_by_id([which])
    order = recharge_wallet(works.gateways, bot, lambda: at)
    if order is not None:
        yield Happened(at, What(f"recharge_{order.state}"), order.public_id)


def _lapse(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    with transaction.atomic():
        people.lock_workspace(workspace)
        lots = _lapsing.lapse_due(workspace, at)
    for lot in lots:
        yield Happened(at, What.CREDITS_LAPSED, public_ids.of(public_ids.Name.LOT, lot))


def _renew(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    before = subscriptions.get(which)
    payment = settle_renewal(works.gateways, which, lambda: at)
    is_first = payment is not None and payment.number == 1
    what = _told(before, subscriptions.get(which), is_first)
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


def _cycles(found: Found, until: datetime) -> Found:
    return [(contracts.cycle_end(which, at) + SETTLING, which) for at, which in found]


def _close(works: Works, workspace: int, which: int, at: datetime) -> Iterator[Happened]:
    statement = close_cycle(which, at, works.archive, SETTLING)
    if statement is not None:
        yield Happened(at, What.CYCLE_CLOSED, statement.public_id)


def _seat_months(found: Found, until: datetime) -> Iterable[tuple[datetime, int]]:
    for _, which in found:
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


def _near_end(found: Found, until: datetime) -> Iterable[tuple[datetime, int]]:
    return _watching.due(billing.methods_by_id([which for _, which in found]), until)


def _renewing(found: Found, until: datetime) -> Iterable[tuple[datetime, int]]:
    return _reminding.due(subscriptions.by_id([which for _, which in found]))


_JUST: Final = timedelta(microseconds=1)
_ON_PAGE: Final = STANDS + _JUST
JOBS: Final = (
    Job(lots.NEXT_EXPIRY, _lapse, _as_found),
    Job(billing.EXPIRING, _watch, _near_end),
    Job(subscriptions.SUPPORT_RENEWALS, _remind, _renewing),
    Job(orders.IN_FLIGHT, _ask, _after(PATIENCE)),
    Job(orders.PAGES_IN_FLIGHT, _ask, _after(_ON_PAGE)),
    Job(orders.REFUNDS_IN_FLIGHT, _give_back, _after(PATIENCE)),
    Job(billing.SETUPS_IN_FLIGHT, _save, _after(PATIENCE)),
    Job(billing.SETUPS_IN_FLIGHT, _save, _after(_ON_PAGE)),
    Job(orders.OPEN_ORDERS, _expire, _unpaid),
    Job(subscriptions.RENEWALS, _renew, _as_found),
    Job(contracts.OPEN, _close, _cycles),
    Job(overages.DUE, _bill, _seat_months),
    Job(recharges.UNDER_THRESHOLD, _recharge, _low_wallets),
)
"""Of acts at the same instant, those of the first come first: credit that expires pays for nothing
that begins then."""
_ASKED: Final = sql.together([job.asked for job in JOBS])
_IN_FLIGHT: Final = sql.together(
    [orders.IN_FLIGHT, orders.REFUNDS_IN_FLIGHT, billing.SETUPS_IN_FLIGHT]
)
