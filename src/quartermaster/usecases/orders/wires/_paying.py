"""The one place where a bank entry pays an order."""

from datetime import datetime

from quartermaster.core.lifecycles.orders import Outcome
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.wires.models import BankEntry
from quartermaster.usecases.orders.cancel_order import PaymentInFlight
from quartermaster.usecases.orders.report_payment import report_payment


def pay_by_wire(order: Order, entry: BankEntry, at: datetime, by: str) -> Order:
    """The order is paid by this entry, and fulfilled; in the caller's transaction and under the
    workspace's lock. PaymentInFlight: it may be paid otherwise at this moment, so the entry waits
    until that is known. OrderSettled, OrderTooOld."""
    if queries.find_in_flight(order.id) is not None:
        raise PaymentInFlight(field="order")
    reason = f"wire {entry.public_id}, matched by {by}"
    return report_payment(order.id, Outcome.SUCCEEDED, reason, at)
