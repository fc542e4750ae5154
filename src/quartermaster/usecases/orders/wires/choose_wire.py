"""A buyer pays an order by wire."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.orders import Event, State, expires_at
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import BY_ITSELF
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders import _telling, _ways
from quartermaster.usecases.orders.payments.begin_payment import OrderNotSubmitted, OrderTooOld
from quartermaster.usecases.orders.wires.explain_wire import explain_wire
from quartermaster.usecases.ports.gateways import Gateways, PageRequest, Unavailable


class WireTooSlow(Refusal):
    """A wire takes days: what is reckoned to the second, or renews by itself, is paid otherwise."""

    code = "wire_too_slow"
    kind = "refused"


def choose_wire(gateways: Gateways, order: int, at: datetime, by: str = BY_ITSELF) -> Order:
    """The order waits for the wire; every other way stays open. Whoever takes wires is told which
    one to expect: if that fails, it comes all the same. Twice is once. OrderSettled,
    OrderNotSubmitted, OrderTooOld; WireTooSlow for changes in the middle of a cycle and for
    renewals."""
    with transaction.atomic():
        people.lock_workspace(queries.workspace_of(order))
        found = queries.get(order)
        if found.state != State.PENDING_CLEARANCE:
            _choose(found, at, by)
    gateway = gateways.of(MethodKind.WIRE)
    if gateway is not None:
        with suppress(Unavailable):
            gateway.open(_ways.asked(found, found.public_id), PageRequest(MethodKind.WIRE, ""))
    return found


def _choose(found: Order, at: datetime, by: str) -> None:
    if found.state == State.DRAFT:
        raise OrderNotSubmitted(field="order")
    if found.kind not in ("funds", "subscribe"):
        raise WireTooSlow(field="method")
    until = expires_at(State(found.state), found.kind, found.ordered_at)
    if until is not None and until < at:
        raise OrderTooOld(field="order")
    orders.advance(found, Event.WIRE_CHOSEN, at, by)
    _telling.wire_chosen(found, explain_wire(found).parts, at)
