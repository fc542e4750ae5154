"""Subscriptions and orders in words and figures, as answers and commands have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quartermaster.core import money
from quartermaster.core.lifecycles import disputes
from quartermaster.core.lifecycles.recharge import Attempt
from quartermaster.core.lifecycles.wires import Arrived
from quartermaster.core.plans import formulas
from quartermaster.core.plans.quotes import Line, Quote
from quartermaster.store.billing.models import RechargeTerms
from quartermaster.store.orders.models import Order, Payment, Refund
from quartermaster.store.orders.queries import Sums
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions.models import Subscription


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to an order; `amount_minor` is what went back."""

    event: str
    state: str
    at: datetime
    by: str
    amount_minor: int | None = None


def subscription(one: Subscription) -> dict[str, Any]:
    """What a bot has in a place."""
    following = one.next_version and {
        "offer": one.next_version.key,
        "version": one.next_version.number,
        "cadence": one.next_cadence,
        "seats": one.next_seats,
    }
    return {
        "id": one.public_id,
        "bot": one.bot.public_id,
        "bot_name": one.bot.name,
        "kind": one.kind,
        "place": one.place,
        "state": one.state,
        "title": one.version.offer.title,
        "offer": one.version.key,
        "version": one.version.number,
        "cadence": one.cadence,
        "seats": one.seats,
        "cycle_start_at": one.cycle_start_at,
        "cycle_end_at": one.cycle_end_at,
        "next": following,
        "is_ending": one.is_ending,
        "failed_at": one.failed_at,
        "attempt_at": one.attempt_at,
        "started_at": one.started_at,
        "canceled_at": one.canceled_at,
    }


def line(one: Line, formula: str, currency: str) -> dict[str, Any]:
    """A line of an order or a quote, and how it came about."""
    return {
        "what": one.what,
        "description": one.description,
        "quantity": one.quantity,
        "amount": money.exact_minor(one.amount_minor, currency),
        "formula": formula,
        "start_at": one.period.start,
        "end_at": one.period.end,
    }


def quote(one: Quote, tax_minor: int, currency: str) -> dict[str, Any]:
    """What an order would be."""
    terms = one.terms
    return {
        "is_now": one.is_now,
        "offer": terms.offer.key,
        "title": terms.offer.title,
        "cadence": terms.cadence,
        "seats": terms.seats,
        "cycle_start_at": one.cycle.start,
        "cycle_end_at": one.cycle.end,
        "currency": currency,
        "total": money.exact_minor(one.total_minor, currency),
        "tax": money.exact_minor(tax_minor, currency),
        "due": money.exact_minor(one.total_minor + tax_minor, currency),
        "lines": [
            line(each, formulas.line(each, terms, one.cycle, currency), currency)
            for each in one.lines
        ],
    }


def order(one: Order, sums: Sums) -> dict[str, Any]:
    """A request to buy, without lines and payments."""
    return {
        "id": one.public_id,
        "bot": one.bot.public_id,
        "bot_name": one.bot.name,
        "subscription": one.subscription and one.subscription.public_id,
        "kind": one.kind,
        "state": one.state,
        "place": one.place,
        "title": one.title,
        "offer": one.version and one.version.key,
        "version": one.version and one.version.number,
        "cadence": one.cadence or None,
        "seats": one.seats,
        "cycle_start_at": one.cycle_start_at,
        "cycle_end_at": one.cycle_end_at,
        "currency": one.currency,
        "total": money.exact_minor(one.total_minor, one.currency),
        "tax": money.exact_minor(one.tax_minor, one.currency),
        "due": money.exact_minor(one.unpaid_minor, one.currency),
        "paid": money.exact_minor(sums.paid_minor, one.currency),
        "refunded": money.exact_minor(sums.refunded_minor, one.currency),
        "ordered_at": one.ordered_at,
        "settled_at": one.settled_at,
    }


def payment(one: Payment, refunds: Sequence[Refund], currency: str) -> dict[str, Any]:
    """An attempt to have an order paid, and what of it went back."""
    return {
        "id": one.public_id,
        "kind": one.kind,
        "provider": one.provider or None,
        "method": one.method and one.method.public_id,
        "amount": money.exact_minor(one.amount_minor, currency),
        "outcome": one.outcome,
        "code": one.code or None,
        "reason": one.reason,
        "url": one.url if one.url and one.outcome is None else None,
        "disputed": money.exact_minor(one.disputed_minor, currency),
        "lost": money.exact_minor(one.lost_minor, currency),
        "disputed_at": one.disputed_at,
        "begun_at": one.begun_at,
        "known_at": one.known_at,
        "refunds": [refund(each, currency) for each in refunds],
    }


def refund(one: Refund, currency: str) -> dict[str, Any]:
    """Part of a payment that goes back."""
    return {
        "id": one.public_id,
        "amount": money.exact_minor(one.amount_minor, currency),
        "is_outside": one.is_outside,
        "outcome": one.outcome,
        "reason": one.reason,
        "by": one.by,
        "begun_at": one.begun_at,
        "known_at": one.known_at,
    }


def outside_minor(one: Payment, refunds: Sequence[Refund]) -> int:
    """How much of a payment is noted to have gone back by ways of others."""
    mine = (each for each in refunds if each.payment_id == one.id and each.is_outside)
    return sum(each.amount_minor for each in mine)


def dispute(one: Payment, refunds: Sequence[Refund]) -> dict[str, Any]:
    """A payment that was called back."""
    currency, noted = one.order.currency, outside_minor(one, refunds)
    return {
        "payment": one.public_id,
        "order": one.order.public_id,
        "workspace": one.order.workspace.public_id,
        "provider": one.provider,
        "currency": currency,
        "amount": money.exact_minor(one.amount_minor, currency),
        "disputed": money.exact_minor(one.disputed_minor, currency),
        "lost": money.exact_minor(one.lost_minor, currency),
        "noted": money.exact_minor(noted, currency),
        "state": disputes.standing(one.disputed_minor, one.lost_minor, noted),
        "disputed_at": one.disputed_at,
    }


def recharge(
    bot: Bot, changes: Sequence[RechargeTerms], attempts: Sequence[Payment]
) -> dict[str, Any]:
    """What auto-recharge of a bot was set to and charged, each the latest first."""
    currency = bot.workspace.currency
    told = [_recharge_terms(one, currency) for one in changes]
    return {
        "bot": bot.public_id,
        "bot_name": bot.name,
        "currency": currency,
        "is_on": bool(told) and told[0]["is_on"],
        "terms": told[0] if told else None,
        "attempts": [_attempt(one, currency) for one in attempts],
        "changes": told,
    }


def recharges(charges: Sequence[Attempt], currency: str) -> list[dict[str, Any]]:
    """What a dry run has charged."""
    return [
        {
            "at": one.begun_at,
            "amount": money.exact_minor(one.amount_minor, currency),
            "due": money.exact_minor(one.due_minor, currency),
        }
        for one in charges
    ]


def amount(amount_minor: int | None, currency: str) -> str | None:
    """A decimal number, if there is an amount."""
    return None if amount_minor is None else money.exact_minor(amount_minor, currency)


def _recharge_terms(one: RechargeTerms, currency: str) -> dict[str, Any]:
    return {
        "is_on": one.on_at is not None,
        "on_at": one.on_at,
        "off_reason": one.off_reason or None,
        "amount": amount(one.amount_minor, currency),
        "threshold": amount(one.threshold_minor, currency),
        "method": one.method.public_id,
        "day_count": one.day_count,
        "day_amount": amount(one.day_amount_minor, currency),
        "month_count": one.month_count,
        "month_amount": amount(one.month_amount_minor, currency),
        "set_at": one.set_at,
        "by": one.by,
    }


def _attempt(one: Payment, currency: str) -> dict[str, Any]:
    return {
        "order": one.order.public_id,
        "payment": one.public_id,
        "amount": amount(one.amount_minor, currency),
        "outcome": one.outcome,
        "code": one.code or None,
        "reason": one.reason,
        "begun_at": one.begun_at,
        "known_at": one.known_at,
    }


def wire(came: Arrived | None, currency: str) -> dict[str, str] | None:
    """What came by bank for an order."""
    if came is None:
        return None
    return {
        "received": money.exact_minor(came.received_minor, currency),
        "missing": money.exact_minor(came.missing_minor, currency),
        "unneeded": money.exact_minor(came.unneeded_minor, currency),
    }


def step(one: Step) -> dict[str, Any]:
    """What happened to an order."""
    return {"event": one.event, "state": one.state, "at": one.at, "by": one.by}
