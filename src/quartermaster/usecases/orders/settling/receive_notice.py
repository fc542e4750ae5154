"""A provider tells that something happened to a payment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from quartermaster.core.lifecycles import clocks
from quartermaster.core.lifecycles.orders import OPEN, Outcome
from quartermaster.store.billing import queries as billing
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Payment
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.store.people.queries import NotFound
from quartermaster.usecases.orders.methods.complete_setup import complete_setup
from quartermaster.usecases.orders.payments.complete_payment import complete_payment
from quartermaster.usecases.orders.payments.withdraw_payment import withdraw_payment
from quartermaster.usecases.orders.refunds.complete_refund import complete_refund
from quartermaster.usecases.orders.wires.import_bank_statement import (
    SentFile,
    import_bank_statement,
)
from quartermaster.usecases.ports.gateways import Bank, Gateways, Notice, NoticeKind, Unavailable

_DAYS: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """What came over the wire: header names in lower case."""

    provider: str
    headers: Mapping[str, str]
    body: bytes


def receive_notice(gateways: Gateways, told: Told, now: Callable[[], datetime]) -> Notice:
    """A notice carries no truth: the payment is looked up, whatever came before or comes after it.
    It counts as seen when that is done, so one that is cut off comes again. What comes of it
    happens by the workspace's clock. Of a wire the bank's statement tells, which is imported.
    NotFound for a provider that is not switched on; BadNotice; Unavailable where a dispute or the
    statement could not be looked up."""
    gateway = gateways.names.get(told.provider)
    if gateway is None:
        raise NotFound(f"no payment provider {told.provider!r} here", field="provider")
    notice = gateway.notice(told.headers, told.body, now())
    if not queries.is_seen(told.provider, notice.id):
        if notice.kind is NoticeKind.WIRE and gateways.bank is not None:
            _ask_bank(gateways, gateways.bank, told.provider, now)
        if notice.reference:  # without one it is about nothing that is ours
            _see(gateways, told.provider, notice, now)
        with transaction.atomic():
            seen = (notice.id, notice.kind, notice.reference)
            orders.note_notice(told.provider, seen, now())
    return notice


def _ask_bank(gateways: Gateways, bank: Bank, provider: str, now: Callable[[], datetime]) -> None:
    """Of some days, for a notice may come late; what is there already stays there once."""
    today = now().astimezone(UTC).date()
    content = bank.statement(today - _DAYS, today + timedelta(days=1))
    sent = SentFile(f"{provider}-{today}", content, provider)
    clock = lambda where: _clock(where, now)() if where else now()  # noqa: E731
    import_bank_statement(gateways, bank.read, sent, clock)


def _see(gateways: Gateways, provider: str, notice: Notice, now: Callable[[], datetime]) -> None:
    payment = queries.find_by_reference(provider, notice.reference)
    if payment is not None:
        local = _clock(payment.order.workspace, now)
        if payment.outcome is None:
            complete_payment(gateways, payment, local)
        elif payment.outcome == Outcome.DECLINED and notice.kind is NoticeKind.PAYMENT:
            _pay_after_all(gateways, payment, local)
        if notice.kind is NoticeKind.DISPUTE or payment.disputed_minor:
            _dispute(gateways, payment, local)  # one that was won may be told of as any payment is
        for refund in queries.refunds_of(payment.id):
            complete_refund(gateways, refund, local)
    setup = billing.find_setup_by_reference(provider, notice.reference)
    if setup is not None:
        complete_setup(gateways, setup, _clock(setup.workspace, now))


def _pay_after_all(gateways: Gateways, payment: Payment, now: Callable[[], datetime]) -> None:
    """An attempt that was given up may have been paid at that instant. Then what else is tried for
    the order is withdrawn."""
    order = withdraw_payment(gateways, payment, now)
    waiting = queries.find_in_flight(order.id)
    if waiting is not None and order.state not in OPEN:
        withdraw_payment(gateways, waiting, now)


def _clock(workspace: Workspace, now: Callable[[], datetime]) -> Callable[[], datetime]:
    """A workspace's, which may stand."""
    return lambda: clocks.read(workspace.frozen_at, now())


def _dispute(gateways: Gateways, payment: Payment, now: Callable[[], datetime]) -> None:
    """Only of what the provider still knows to be paid: any other answer says nothing of it."""
    answer = gateways.names[payment.provider].look_up(payment.reference)
    if answer.outcome is not Outcome.SUCCEEDED:
        if queries.payment(payment.id).outcome == Outcome.DECLINED:
            return
        raise Unavailable
    with transaction.atomic():
        people.lock_workspace(payment.order.workspace_id)
        orders.note_dispute(payment, answer.disputed_minor, answer.lost_minor, now())
