"""A bot tries a product for nothing."""

from datetime import datetime, timedelta

from django.db import transaction

from quartermaster.core.catalog.offers import MONTHS, Kind
from quartermaster.core.errors import Refusal
from quartermaster.core.lifecycles.subscriptions import Event
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.plans.terms import Terms
from quartermaster.store.orders import queries as orders
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Bot
from quartermaster.store.subscriptions import operations as subscriptions
from quartermaster.store.subscriptions import queries
from quartermaster.store.subscriptions.models import Subscription
from quartermaster.usecases.subscriptions import _fulfilling, _phases, _standing
from quartermaster.usecases.subscriptions._changing import ChangeInProgress


class NoTrial(Refusal):
    """This is not offered for trial."""

    code = "no_trial"
    kind = "refused"


class TriedBefore(Refusal):
    """The bot has had its trial of this product."""

    code = "tried_before"
    kind = "conflict"


class SubscribedAlready(Refusal):
    """The bot has a subscription to this product."""

    code = "subscribed_already"
    kind = "conflict"


def start_trial(bot: Bot, key: str, at: datetime) -> Subscription:
    """Begins the trial of a plan, by its key. Once per bot and product, and not while the product
    is being bought: NoTrial, TriedBefore, SubscribedAlready, ChangeInProgress, NotSold."""
    with transaction.atomic():
        people.lock_workspace(bot.workspace_id)
        version = _standing.on_offer(key, bot.workspace)
        offer, place = version.offer, _standing.place(version)
        if offer.kind is not Kind.PLAN or offer.trial is None:
            raise NoTrial(f"{offer.title} is not offered for trial", field="offer")
        if queries.has_tried(bot.id, place):
            raise TriedBefore(field="offer")
        if queries.find_live(bot.id, place):
            raise SubscribedAlready(field="offer")
        if orders.find_open(bot.id, place):
            raise ChangeInProgress(field="offer")
        anchor = Anchor.at(at, _standing.zone(bot.workspace))
        cadence = min(offer.fees, key=MONTHS.__getitem__)
        terms = Terms(version.id, offer, cadence, offer.trial.seats or 0)
        subscription = Subscription(
            public_id=people.public_id("sub"),
            bot=bot,
            kind=version.kind,
            place=place,
            state="",
            version=version,
            cadence=cadence,
            seats=terms.seats,
            anchor_date=anchor.day,
            cycle_start_at=at,
            cycle_end_at=at + timedelta(days=offer.trial.days),
            started_at=at,
        )
        _fulfilling.step(subscription, Event.TRIAL_STARTED)
        subscriptions.save(subscription)
        subscriptions.note_trial(subscription, at)
        _phases.begin(
            subscription, terms, anchor, at, end_at=subscription.cycle_end_at, is_trial=True
        )
        return subscription
