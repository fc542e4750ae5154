"""A buyer pays an order by wire."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import WIRE_KINDS, Event, State, expires_at
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import BY_ITSELF, Way
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders import _telling, _ways
from quartermaster.usecases.orders.payments import _leaving
from quartermaster.usecases.orders.payments.begin_payment import (
    OrderNotSubmitted,
    OrderTooOld,
    PaymentInFlight,
)
from quartermaster.usecases.orders.wires.explain_wire import explain_wire
from quartermaster.usecases.ports.gateways import Gateways, PageRequest, Unavailable


class WireTooSlow(Refusal):
    """A wire takes days. Credit and the first order of a subscription can wait for one; a change,
    which is reckoned to the second, a renewal and a recharge are paid otherwise."""

    code = "wire_too_slow"
    kind = "refused"


_WIRE: Final = Way(MethodKind.WIRE)


def choose_wire(
    gateways: Gateways, order: int, now: Callable[[], datetime], by: str = BY_ITSELF
) -> Order:
    """The order waits for the wire; every other way stays open. Another attempt that waits is
    withdrawn first. Whoever takes wires is told which one to expect: if that fails, it comes all
    the same. Twice is once. OrderSettled, also where the other attempt turns out to have been paid;
    PaymentInFlight where that is not known yet; OrderNotSubmitted, OrderTooOld, Unavailable;
    WireTooSlow for changes in the middle of a cycle and for renewals."""
    _require_choice(queries.get(order), now())
    _leaving.require_unpaid(_leaving.leave(gateways, order, now, _WIRE))
    found = _choose(order, now(), by)
    gateway = gateways.of(MethodKind.WIRE)
    if gateway is not None:
        with suppress(Unavailable):
            gateway.open(_ways.asked(found, found.public_id), PageRequest(MethodKind.WIRE, ""))
    return found


def _choose(order: int, at: datetime, by: str) -> Order:
    with transaction.atomic():
        people.lock_workspace(queries.workspace_of(order))
        found = queries.get(order)
        _require_choice(found, at)
        waiting = queries.find_in_flight(order)
        if waiting is not None:
            raise PaymentInFlight.of(waiting)
        if found.state != State.PENDING_CLEARANCE:
            orders.advance(found, Event.WIRE_CHOSEN, at, by)
            _telling.wire_chosen(found, explain_wire(found).parts, at)
        return found


def _require_choice(found: Order, at: datetime) -> None:
    """Refused before another way is given up for it."""
    if found.state == State.PENDING_CLEARANCE:
        return
    if found.state == State.DRAFT:
        raise OrderNotSubmitted(field="order")
    if found.kind not in WIRE_KINDS:
        raise WireTooSlow(field="method")
    until = expires_at(State(found.state), found.kind, found.ordered_at)
    if until is not None and until < at:
        raise OrderTooOld(field="order")
