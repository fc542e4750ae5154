"""Writes of orders, in the caller's transaction and under the workspace's lock."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from quartermaster.core.lifecycles import orders
from quartermaster.core.lifecycles.orders import Event, Outcome, State
from quartermaster.core.plans.quotes import Quote
from quartermaster.store.orders.models import Order, OrderLine, Payment
from quartermaster.store.people.models import Bot
from quartermaster.store.people.operations import public_id
from quartermaster.store.subscriptions.models import Subscription


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is ordered: a quote, for a bot's place, by a client with a key."""

    kind: str
    bot: Bot
    place: str
    subscription: Subscription | None
    quote: Quote
    idempotency_key: uuid.UUID


def add(new: NewOrder, at: datetime) -> Order:
    """An order that awaits payment, with the quote's lines."""
    quote = new.quote
    order = Order.objects.create(
        public_id=public_id("ord"),
        workspace=new.bot.workspace,
        bot=new.bot,
        subscription=new.subscription,
        kind=new.kind,
        state=State.AWAITING_PAYMENT,
        currency=new.bot.workspace.currency,
        total_minor=quote.total_minor,
        place=new.place,
        version_id=quote.terms.version,
        cadence=quote.terms.cadence,
        seats=quote.terms.seats,
        anchor_date=quote.anchor.day,
        cycle_start_at=quote.cycle.start,
        cycle_end_at=quote.cycle.end,
        revision=new.subscription.revision if new.subscription else 0,
        idempotency_key=new.idempotency_key,
        ordered_at=at,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            number=number,
            what=line.what,
            description=line.description,
            quantity=line.quantity,
            amount_minor=line.amount_minor,
            start_at=line.period.start,
            end_at=line.period.end,
            of_id=line.of.id if line.of else None,
        )
        for number, line in enumerate(quote.lines, 1)
    )
    return order


def advance(order: Order, event: Event, at: datetime) -> None:
    """Takes the order to its next state; OrderSettled where there is none."""
    order.state = orders.step(State(order.state), event)
    if order.state not in orders.OPEN:
        order.settled_at = at
    order.save()
    if order.state in (State.FAILED, State.CANCELED):
        OrderLine.objects.filter(order=order).update(is_void=True)


def begin_payment(order: Order, at: datetime) -> Payment:
    """A new attempt, whose outcome is not known yet."""
    number = Payment.objects.filter(order=order).count() + 1
    return Payment.objects.create(
        public_id=public_id("pay"), order=order, number=number, begun_at=at
    )


def settle_payment(payment: Payment, outcome: Outcome, reason: str, at: datetime) -> None:
    """What came of it."""
    payment.outcome, payment.reason, payment.known_at = outcome, reason, at
    payment.save()
