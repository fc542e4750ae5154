"""What is told of what bots have.

In the transaction of what it is about, and under the workspace's lock.
"""

from datetime import datetime
from typing import Final

from quartermaster.core import money
from quartermaster.core.catalog.offers import PRODUCT_TITLES, Kind, Offer
from quartermaster.core.formats import days
from quartermaster.core.lifecycles import subscriptions as life
from quartermaster.core.lifecycles.methods import MethodKind
from quartermaster.core.lifecycles.subscriptions import Event
from quartermaster.core.plans.terms import Terms, fees
from quartermaster.store.notices import operations as notices
from quartermaster.store.notices.models import Key, Page, Recipient
from quartermaster.store.notices.operations import NewNotice, To
from quartermaster.store.orders.models import Order, Payment
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.subscriptions import _standing

_CHARGED: Final = {"monthly": "Monthly", "annual": "Annually"}
_PAID_BY: Final = {
    MethodKind.PAYPAL: "PayPal",
    MethodKind.CARD: "Card",
    MethodKind.WIRE: "Wire transfer",
    MethodKind.BY_HAND: "None is saved",
}
_UPDATE: Final = {"Update payment method": (Page.METHODS, "")}


def bought(order: Order, has: Subscription, event: Event, at: datetime) -> None:
    """A plan or an add-on has begun, or a support plan that costs something has, or goes up."""
    terms = _standing.ordered(order)
    price, charged = _price(terms, order.currency)
    if has.kind != Kind.SUPPORT and event is Event.BOUGHT:
        fields = {
            "Bot Name": order.bot.name,
            "Product": _product(terms.offer),
            "Plan": terms.offer.title,
            "Price": price,
            "Billing Cycle": charged,
            "Next Renewal": _when(has.cycle_end_at, order.bot),
        }
        _queue(Key.SUBSCRIPTION_STARTED, order.public_id, order.bot, fields, at)
    elif has.kind == Kind.SUPPORT and order.total_minor:
        fields = {
            "Bot Name": order.bot.name,
            "Plan": terms.offer.title,
            "Plan Price": f"{price} charged {charged}",
            "Plan Activated on": _when(at, order.bot),
            "Next Renewal on": _when(has.cycle_end_at, order.bot),
        }
        _queue(Key.SUPPORT_PURCHASED, order.public_id, order.bot, fields, at)


def renewed(order: Order, has: Subscription, at: datetime) -> None:
    """A renewal was paid."""
    fields = {
        "Bot Name": order.bot.name,
        "Plan": _standing.ordered(order).offer.title,
        "Amount": money.shown_minor(order.due_minor, order.currency),
        "Renewal Date": _when(at, order.bot),
        "Next Billing Date": _when(has.cycle_end_at, order.bot),
    }
    _queue(Key.SUBSCRIPTION_RENEWED, order.public_id, order.bot, fields, at)


def renewal_failed(payment: Payment, order: Order, has: Subscription, at: datetime) -> None:
    """A renewal was tried by itself, and declined."""
    terms = _standing.ordered(order)
    key, named = Key.SUBSCRIPTION_RENEWAL_FAILED, {"Bot Name": order.bot.name}
    if has.kind == Kind.SUPPORT:
        price, charged = _price(terms, order.currency)
        fields = {
            "Plan": terms.offer.title,
            "Plan Price": f"{price} charged {charged}",
            "Charge Attempted On": _when(at, order.bot),
            "Payment Method": _method(payment),
        }
        key = Key.SUPPORT_RENEWAL_FAILED
    else:
        next_at = None if has.is_ending else has.attempt_at
        stops_at = at if next_at is None else life.gives_up_at(has.failed_at or at)
        fields = {
            "Plan": terms.offer.title,
            "Amount": money.shown_minor(payment.amount_minor, order.currency),
            "Next Attempt": "None" if next_at is None else _when(next_at, order.bot),
            "Services Stop on": _when(stops_at, order.bot),
        }
    _queue(key, payment.public_id, order.bot, named | fields, at, _UPDATE)


def canceled(has: Subscription, end_at: datetime, at: datetime) -> None:
    """It ends, or has ended, at `end_at`. Taken back and canceled anew, it is told anew."""
    price, charged = _price(_standing.terms_of(has), has.bot.workspace.currency)
    fields = {
        "Bot Name": has.bot.name,
        "Plan": has.version.offer.title,
        "Plan Price": f"{price} charged {charged}",
        "Plan Cancellation Date": _when(end_at, has.bot),
    }
    cause = f"{has.public_id} at {at.isoformat()}"
    _queue(Key.SUBSCRIPTION_CANCELED, cause, has.bot, fields, at)


def renewing(has: Subscription, cause: str, at: datetime) -> None:
    """A support plan is renewed soon."""
    terms = _standing.next_terms(has)
    price, charged = _price(terms, has.bot.workspace.currency)
    fields = {
        "Bot Name": has.bot.name,
        "Plan": terms.offer.title,
        "Plan Price": f"{price} charged {charged}",
        "Renewal Date": _when(has.cycle_end_at, has.bot),
    }
    _queue(Key.SUPPORT_RENEWING, cause, has.bot, fields, at, _UPDATE)


def _queue(
    key: Key,
    cause: str,
    bot: Bot,
    fields: dict[str, str],
    at: datetime,
    links: dict[str, tuple[Page, str]] | None = None,
) -> None:
    to = To(bot.workspace_id, bot.id, Recipient.BOT_OWNER)
    notices.queue(NewNotice(key, cause, to, fields, links or {}), at)


def _price(terms: Terms, currency: str) -> tuple[str, str]:
    """What a whole cycle costs without tax, and how often that is charged."""
    amount_minor = sum(fee.amount_minor for fee in fees(terms, currency))
    return money.shown_minor(amount_minor, currency), _CHARGED[terms.cadence]


def _product(offer: Offer) -> str:
    """Its product's title, or those of the products that an add-on goes with."""
    products = (offer.product,) if offer.product else offer.products
    return ", ".join(PRODUCT_TITLES[one] for one in products) or "All"


def _when(at: datetime, bot: Bot) -> str:
    return days.at(at, _standing.zone(bot.workspace))


def _method(payment: Payment) -> str:
    """What people know it by."""
    if payment.method is not None and payment.method.label:
        return payment.method.label
    return _PAID_BY[MethodKind(payment.kind)]
