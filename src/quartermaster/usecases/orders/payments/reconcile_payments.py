"""The provider's books beside ours.

A workspace whose clock stands has dates that the provider knows nothing of: its payments are
compared where a report names them, and not missed where none does.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from quartermaster.core.lifecycles import reconciliation
from quartermaster.core.lifecycles.orders import STANDS, Outcome
from quartermaster.core.lifecycles.reconciliation import Booked, Difference
from quartermaster.core.periods import Period
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Payment, Refund
from quartermaster.usecases.ports.gateways import Gateway, ReportedPayment

_SLACK: Final = timedelta(hours=1)
"""The provider begins a payment after we have noted it: by the network, and by its clock."""
_LATE: Final = STANDS + _SLACK
"""Where its books have no pages, a payment begins when the buyer pays: a page stands for a day."""


def reconcile_payments(gateway: Gateway, period: Period, at: datetime) -> list[Difference]:
    """What differs of payments that were begun in a period, as far as there is a report of it now.
    Nothing is changed: what is wrong a person decides. Unavailable."""
    end = max(period.end + _SLACK, min(period.end + _LATE, at))
    reported = list(gateway.report(period.start - _SLACK, end))
    known = queries.payments_named(gateway.name, _told(reported))
    inside = queries.payments_by(gateway.name, period.start, period.end)
    inside = [one for one in inside if not _stands(one)]
    today = _told(one for one in reported if one.at in period)
    inside += [one for one in known if _stands(one) and today & _names([one])]
    ours, others = _names(inside), _names(known) - _names(inside)
    told = [
        _theirs(one)
        for one in reported
        if not others & {one.key, one.reference}
        and (ours & {one.key, one.reference} or one.at < period.end + _SLACK)
    ]
    back: dict[int, list[Refund]] = defaultdict(list)
    for refund in queries.refunds_of_each([one.id for one in inside]):
        back[refund.payment_id].append(refund)
    return reconciliation.compare([_ours(one, back[one.id]) for one in inside], told)


def _stands(one: Payment) -> bool:
    return one.order.workspace.frozen_at is not None


def _told(several: Iterable[ReportedPayment]) -> set[str]:
    return {name for one in several for name in (one.key, one.reference) if name}


def _names(several: Iterable[Payment]) -> set[str]:
    return {name for one in several for name in (one.public_id, one.reference) if name}


def _theirs(one: ReportedPayment) -> Booked:
    amount = (one.amount_minor, one.currency)
    return Booked(one.key, one.reference, one.outcome, *amount, one.refunded_minor)


def _ours(one: Payment, refunds: Sequence[Refund]) -> Booked:
    outcome = Outcome.UNKNOWN if one.outcome is None else Outcome(one.outcome)
    gone = sum(each.amount_minor for each in refunds if each.outcome == Outcome.SUCCEEDED)
    going = sum(each.amount_minor for each in refunds if each.outcome is None)
    amount = (one.amount_minor, one.order.currency)
    return Booked(one.public_id, one.reference, outcome, *amount, gone, going, one.lost_minor)
