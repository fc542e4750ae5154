"""What moving a clock on needs, and what it tells."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quartermaster.usecases.ports import EventArchive, EventLog
from quartermaster.usecases.ports.gateways import Gateways
from quartermaster.usecases.usage.meter_events import Policy


@dataclass(frozen=True, slots=True)
class Works:
    """What jobs need from outside."""

    log: EventLog
    policy: Callable[[], Policy]
    gateways: Gateways
    archive: EventArchive | None = None


class What(StrEnum):
    """All that can happen while a clock is moved on."""

    EVENTS_METERED = "events_metered"
    CREDITS_LAPSED = "credits_lapsed"
    METHOD_EXPIRY_TOLD = "method_expiry_told"
    RENEWAL_ANNOUNCED = "renewal_announced"
    PAYMENT_SUCCEEDED = "payment_succeeded"
    PAYMENT_DECLINED = "payment_declined"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_DECLINED = "refund_declined"
    SETUP_SUCCEEDED = "setup_succeeded"
    SETUP_DECLINED = "setup_declined"
    ORDER_EXPIRED = "order_expired"
    SUBSCRIPTION_RENEWED = "subscription_renewed"
    RENEWAL_DECLINED = "renewal_declined"
    RENEWAL_UNPAID = "renewal_unpaid"
    SUBSCRIPTION_CANCELED = "subscription_canceled"
    SUBSCRIPTION_ENDED = "subscription_ended"
    TRIAL_ENDED = "trial_ended"
    CYCLE_CLOSED = "cycle_closed"
    SEATS_SETTLED = "seats_settled"
    RECHARGE_FULFILLED = "recharge_fulfilled"
    RECHARGE_PAID = "recharge_paid"
    RECHARGE_FAILED = "recharge_failed"
    RECHARGE_AWAITING_PAYMENT = "recharge_awaiting_payment"


@dataclass(frozen=True, slots=True)
class Happened:
    """`which` is the id of what it happened to or, of events, how many."""

    at: datetime
    what: What
    which: str
