"""What a wish comes to: the quote, and the refusals that it may meet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from quartermaster.core.catalog.offers import Kind, Offer, SeatKind
from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.subscriptions import State
from quartermaster.core.plans import quotes
from quartermaster.core.plans.quotes import Quote
from quartermaster.core.plans.terms import Terms
from quartermaster.store.orders.operations import BY_ITSELF
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import queries as subscriptions
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.subscriptions import _standing


class MoreInUse(Refusal):
    """More is in use than these terms allow."""

    code = "more_in_use"
    kind = "refused"


class SubscriptionEnding(Refusal):
    """The subscription ends with its cycle: take that back first, or wait for its end."""

    code = "subscription_ending"
    kind = "conflict"


class NeedsPlan(Refusal):
    """The bot has no plan that this goes with."""

    code = "needs_plan"
    kind = "refused"


class ChangeInProgress(Refusal):
    """Another order for this is not settled yet: pay or cancel it first."""

    code = "change_in_progress"
    kind = "conflict"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a bot is to have: an offer by its key, a cadence, and seats (None: those included). `by`
    says who orders it; a draft is submitted later."""

    bot: Bot
    key: str
    cadence: str
    seats: int | None = None
    by: str = BY_ITSELF
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A wish worked out: what the bot has there (None: nothing), and what the change costs."""

    place: str
    subscription: Subscription | None
    quote: Quote


def change(wish: Wish, at: datetime) -> Change:
    """Refuses what is not for sale, what changes nothing, and what allows less than is in use."""
    workspace = wish.bot.workspace
    version = _standing.on_offer(wish.key, workspace)
    wanted = _standing.wanted(version, wish.cadence, wish.seats)
    place = _standing.place(version)
    _require_plan(wish.bot, wanted.offer)
    has = subscriptions.find_live(wish.bot.id, place)
    if has is None or has.state == State.TRIALING:
        zone = _standing.zone(workspace)
        return Change(place, has, quotes.begin(wanted, at, zone, workspace.currency))
    if has.is_ending:
        raise SubscriptionEnding(field="offer")
    exceeded = list(_exceeded(has, wanted))
    if exceeded:
        raise MoreInUse("; ".join(exceeded), field="offer")
    return Change(place, has, quotes.modify(_standing.standing(has), wanted, at))


def _require_plan(bot: Bot, offer: Offer) -> None:
    """An add-on goes with the plans of some products, one of which the bot must have."""
    if offer.kind is not Kind.ADD_ON:
        return
    if not any(subscriptions.find_live(bot.id, product) for product in offer.products):
        words = f"{offer.title} goes with a plan of {' or '.join(offer.products)}"
        raise NeedsPlan(words, field="offer")


def _exceeded(has: Subscription, wanted: Terms) -> Iterator[str]:
    """What is in use beyond what is wanted, in words."""
    used = subscriptions.limits_used(has.bot_id, has.place)
    for name, most in (wanted.offer.limits or {}).items():
        if used.get(name, 0) > most:
            yield f"{name.replace('_', ' ')}: {used[name]:,} in use, {most:,} allowed"
    seats = wanted.offer.seats
    if seats is not None and seats.kind is SeatKind.NAMED:
        assigned = subscriptions.seats_assigned(has.bot_id, has.place)
        if assigned > wanted.seats:
            yield f"seats: {assigned:,} assigned, {wanted.seats:,} wanted"
