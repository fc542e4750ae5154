"""The operator has something given that was paid for and could not be given when it was."""

from datetime import datetime

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.orders import PLAN_KINDS, Outcome, State
from quartermaster.store.orders import operations as orders
from quartermaster.store.orders import queries
from quartermaster.store.orders.models import Order
from quartermaster.store.people import operations as people
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.usecases.orders import _paying


class OrderNotPaid(Refusal):
    """Only what was paid, and did not go back, can be given."""

    code = "order_not_paid"
    kind = "conflict"


class CannotBeGiven(Refusal):
    """What was ordered cannot be given now: refund it."""

    code = "cannot_be_given"
    kind = "conflict"


def fulfil_order(order: int, by: str, at: datetime) -> Order:
    """On the terms that were ordered; a subscription begins now. Twice is once. OrderNotPaid;
    CannotBeGiven, with the reason."""
    with transaction.atomic():
        people.lock_workspace(queries.workspace_of(order))
        found = queries.get(order)
        if found.state == State.FULFILLED:
            return found
        if found.state != State.PAID:
            words = found.state.replace("_", " ")
            raise OrderNotPaid(f"the order is {words}, and not paid", field="order")
        hindrance = _gone(found) or _taken(found) or _paying.hindrance(found, at)
        if hindrance:
            raise CannotBeGiven(hindrance, field="order")
        orders.restore(found)
        _paying.give(found, at, by)
        return found


def _gone(order: Order) -> str:
    """What of the money that came, or that it was to credit, is not there any more."""
    payment = queries.find_paid(order.id)
    assert payment is not None, "what is paid has its payment"
    if any(one.outcome != Outcome.DECLINED for one in queries.refunds_of(payment.id)):
        return "part of what was paid went back, or is on its way"
    if payment.disputed_minor:
        return "the buyer's bank wants the payment back"
    if not queries.are_credits_there(order.id):
        return "what it was to credit was credited or refunded meanwhile"
    return ""


def _taken(order: Order) -> str:
    """What stands in its place by now."""
    if order.kind not in PLAN_KINDS:
        return ""
    has = subscriptions.find_live(order.bot_id, order.place)
    if has is not None and has.id != order.subscription_id:
        return f"the bot has {has.public_id} in its place by now"
    another = queries.find_open(order.bot_id, order.place)
    return f"{another.public_id} is open in its place: cancel that first" if another else ""
