"""An attempt to have an order paid is noted before anybody is asked to pay."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.orders import OPEN, Event, OrderSettled, State, expires_at
from quartermaster.store.billing import queries as billing
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Payment
from quartermaster.store.orders.operations import Way
from quartermaster.store.people import operations as people
from quartermaster.usecases.orders import _ways


class OrderTooOld(Refusal):
    """What the order was reckoned by is too old: order again."""

    code = "order_too_old"
    kind = "conflict"


class OrderNotSubmitted(Refusal):
    """The order is a draft: submit it first."""

    code = "order_not_submitted"
    kind = "conflict"


class PaymentInFlight(Refusal):
    """The order is being paid: it is not known yet whether that succeeds."""

    code = "payment_in_flight"
    kind = "conflict"

    @classmethod
    def of(cls, payment: Payment) -> "PaymentInFlight":
        """With what is waited for, and how to go on."""
        if _ways.is_on_page(payment):
            words = f"it may still be paid on the page at {payment.provider}"
            return cls(f"{words}: pay there, or try again in a moment", field="order")
        if payment.method is None:
            return cls("the operator has yet to say whether it was paid", field="order")
        words = f"it is not known yet whether {payment.method.label} was charged"
        return cls(f"{words}: that is asked again until it is, so try again later", field="order")


def begin_payment(order: int, way: Way, at: datetime) -> Payment:
    """A new attempt, or the one in the same way whose outcome is not known yet: that is to be asked
    for again, with the same key. OrderSettled where there is nothing to be paid, PaymentInFlight
    where it is tried in another way, NotFound where the saved way was removed. OrderTooOld: a quote
    stands for a day, after which the order comes to nothing; renewals stand until they are given
    up."""
    with transaction.atomic():
        people.lock_workspace(queries.workspace_of(order))
        found = queries.get(order)
        if found.state not in OPEN:
            raise OrderSettled(f"the order is {found.state} already", field="order")
        if found.state == State.DRAFT:
            raise OrderNotSubmitted(field="order")
        waiting = queries.find_in_flight(order)
        if waiting is not None:
            if _ways.of(waiting) != way:
                raise PaymentInFlight.of(waiting)
            return waiting
        if way.method is not None:
            billing.get_of(found.workspace_id, way.method.public_id)
        until = expires_at(State(found.state), found.kind, found.ordered_at)
        if until is None or at <= until:
            return queries.payment(orders.begin_payment(found, way, at).id)
        orders.advance(found, Event.EXPIRED, at)
    raise OrderTooOld(field="order")
