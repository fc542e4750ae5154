"""The provider's books beside ours."""

from datetime import datetime, timedelta
from typing import Final

from quartermaster.core.lifecycles import reconciliation
from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.core.lifecycles.reconciliation import Booked, Difference
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Payment
from quartermaster.usecases.ports.gateways import Gateway, ReportedPayment

_SLACK: Final = timedelta(hours=1)
"""The provider begins a payment after we have noted it: by the network, and by its clock."""


def reconcile_payments(gateway: Gateway, start: datetime, end: datetime) -> list[Difference]:
    """What differs of payments that were begun in [start, end). Nothing is changed: what is wrong a
    person decides. Unavailable."""
    theirs = [_theirs(one) for one in gateway.report(start - _SLACK, end + _SLACK)]
    around = queries.payments_by(gateway.name, start - 2 * _SLACK, end + 2 * _SLACK)
    inside = {one.public_id for one in around if start <= one.begun_at < end}
    outside = {one.public_id for one in around} - inside
    references = {one.reference for one in around if one.public_id in outside and one.reference}
    told = [one for one in theirs if one.key not in outside and one.reference not in references]
    return reconciliation.compare([_ours(one) for one in around if one.public_id in inside], told)


def _theirs(one: ReportedPayment) -> Booked:
    amount = (one.amount_minor, one.currency)
    return Booked(one.key, one.reference, one.outcome, *amount, one.refunded_minor)


def _ours(one: Payment) -> Booked:
    outcome = Outcome.UNKNOWN if one.outcome is None else Outcome(one.outcome)
    refunds = queries.refunds_of(one.id)
    gone = sum(each.amount_minor for each in refunds if each.outcome == Outcome.SUCCEEDED)
    amount = (one.amount_minor, one.order.currency)
    return Booked(one.public_id, one.reference, outcome, *amount, gone)
