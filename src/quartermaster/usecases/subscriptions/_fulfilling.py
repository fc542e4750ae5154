"""What was paid becomes what the bot has; what was not paid ends.

In the caller's transaction and under the workspace's lock.
"""

from datetime import datetime

from quartermaster.core.errors import InvariantBroken
from quartermaster.core.lifecycles import subscriptions as life
from quartermaster.core.lifecycles.orders import STANDS
from quartermaster.core.lifecycles.orders import Event as OrderEvent
from quartermaster.core.lifecycles.orders import State as OrderState
from quartermaster.core.lifecycles.subscriptions import Event, State
from quartermaster.core.plans import quotes
from quartermaster.core.plans.quotes import Anchor
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries as order_queries
from quartermaster.store.orders.models import Order
from quartermaster.store.orders.operations import BY_ITSELF
from quartermaster.store.people.operations import public_id
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.subscriptions import _phases, _standing, _telling


def fulfil(order: Order, at: datetime, by: str = BY_ITSELF) -> Subscription:
    """The order is paid, or nothing is to be paid for it now: its terms hold from now on or,
    renewed, from the end of the last cycle. A subscription that was paid more than a day after it
    was ordered begins when it was paid."""
    is_paid = order.state == OrderState.PAID
    orders.advance(order, OrderEvent.FULFILLED if is_paid else OrderEvent.ACCEPTED, at, by)
    subscription, event = order.subscription, Event.UPGRADED
    if subscription is None or subscription.state == State.CANCELED:
        subscription, event = _new(order, at), Event.BOUGHT
    elif subscription.revision != order.revision:
        raise InvariantBroken(f"{order.public_id} was paid on terms that hold no longer")
    elif subscription.state == State.TRIALING:
        event = Event.BOUGHT
    elif order.bought.cycle.start >= subscription.cycle_end_at:
        event = Event.RENEWED
    if event is Event.BOUGHT and at > order.ordered_at + STANDS:
        terms, zone = _standing.ordered(order), _standing.zone(order.workspace)
        orders.postpone(order, quotes.begin(terms, at, zone, order.currency))
    step(subscription, event)
    _agree(subscription, order)
    subscriptions.save(subscription)
    order.subscription = subscription
    order.save()
    if order.kind != "renew":
        terms, anchor = _standing.ordered(order), _standing.anchor_of(subscription)
        _phases.begin(subscription, terms, anchor, at)
    if subscription.is_ending:
        _phases.end(subscription, subscription.cycle_end_at)
    if event is not Event.RENEWED:
        _telling.bought(order, subscription, event, at)
    elif is_paid:
        _telling.renewed(order, subscription, at)
    return subscription


def step(subscription: Subscription, event: Event) -> None:
    """Takes it to its next state; not saved yet."""
    state = State(subscription.state) if subscription.state else None
    subscription.state = life.step(state, event)


def end(subscription: Subscription, event: Event, at: datetime) -> None:
    """It is canceled, and nothing of it holds from `at` on."""
    step(subscription, event)
    subscription.canceled_at = at
    subscription.attempt_at = None
    subscription.revision += 1
    subscriptions.save(subscription)
    _phases.end(subscription, at)


def note(order: Order, at: datetime) -> None:
    """The order's terms are to follow at the end of the cycle; they price usage from then on."""
    orders.advance(order, OrderEvent.ACCEPTED, at)
    subscription = order.subscription
    if subscription is None:
        raise InvariantBroken(f"{order.public_id} changes nothing")
    subscription.next_version = order.version
    subscription.next_cadence, subscription.next_seats = order.cadence, order.seats
    subscription.is_ending = False
    subscription.revision += 1
    subscriptions.save(subscription)
    terms, zone = _standing.ordered(order), _standing.zone(order.workspace)
    anchor = Anchor(order.bought.anchor_date, zone)
    _phases.begin(subscription, terms, anchor, subscription.cycle_end_at)


def give_up_open(subscription: Subscription, at: datetime) -> None:
    """The order that is not settled, if any, comes to nothing; it is not being paid. What a wire is
    on its way for stays: it buys anew."""
    order = order_queries.find_open(subscription.bot_id, subscription.place)
    if order is not None and order.state != OrderState.PENDING_CLEARANCE:
        event = OrderEvent.GIVEN_UP if order.kind == "renew" else OrderEvent.CANCELED
        orders.advance(order, event, at)


def _new(order: Order, at: datetime) -> Subscription:
    return Subscription(
        public_id=public_id("sub"),
        bot=order.bot,
        kind=order.bought.version.kind,
        place=order.place,
        state="",
        started_at=at,
    )


def _agree(subscription: Subscription, order: Order) -> None:
    bought = order.bought
    subscription.version = bought.version
    subscription.cadence = bought.cadence
    subscription.seats = bought.seats
    subscription.anchor_date = bought.anchor_date
    subscription.cycle_start_at = bought.cycle.start
    subscription.cycle_end_at = bought.cycle.end
    subscription.next_version = subscription.next_cadence = subscription.next_seats = None
    subscription.failed_at = subscription.attempt_at = None
    subscription.failures = 0
    subscription.revision += 1
