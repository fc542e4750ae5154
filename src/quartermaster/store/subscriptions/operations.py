"""Writes of subscriptions, in the caller's transaction and under the workspace's lock."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Value
from django.db.models.functions import Greatest

from quartermaster.core.lifecycles.subscriptions import LIVE
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.plans.terms import Terms
from quartermaster.store import sql
from quartermaster.store.subscriptions.models import (
    Phase,
    SeatAssignment,
    Subscription,
    TrialUse,
)

_SQL = sql.Queries(__package__)


@dataclass(frozen=True, slots=True)
class NewPhase:
    """What is to hold from `start_at` on, up to `end_at` if that is known."""

    terms: Terms
    anchor: Anchor
    start_at: datetime
    end_at: datetime | None = None
    is_trial: bool = False


def save(subscription: Subscription) -> None:
    """Writes back what was changed; `revision` goes up with what was agreed."""
    subscription.save()


def begin_phase(subscription: Subscription, new: NewPhase) -> Phase:
    """Ends the phase that holds at the start of the new one, and forgets those that were to begin
    there or later."""
    phases = Phase.objects.filter(subscription=subscription)
    phases.filter(start_at__gte=new.start_at).delete()
    phases.filter(Q(end_at__isnull=True) | Q(end_at__gt=new.start_at)).update(end_at=new.start_at)
    return Phase.objects.create(
        subscription=subscription,
        version_id=new.terms.version,
        seats=new.terms.seats,
        is_trial=new.is_trial,
        anchor_date=new.anchor.day,
        start_at=new.start_at,
        end_at=new.end_at,
    )


def end_phases(subscription: Subscription, at: datetime) -> None:
    """Nothing holds from `at` on."""
    phases = Phase.objects.filter(subscription=subscription)
    phases.filter(start_at__gte=at).delete()
    phases.filter(Q(end_at__isnull=True) | Q(end_at__gt=at)).update(end_at=at)


def reopen_phase(subscription: Subscription, at: datetime) -> None:
    """What holds at `at` goes on until further notice, and what was to follow is forgotten."""
    phases = Phase.objects.filter(subscription=subscription)
    phases.filter(start_at__gt=at).delete()
    last = phases.order_by("-start_at").first()
    if last is not None:
        phases.filter(id=last.id).update(end_at=None)


def note_trial(subscription: Subscription, at: datetime) -> None:
    """The bot has had its trial of the product."""
    TrialUse.objects.create(
        bot_id=subscription.bot_id, product=subscription.place, subscription=subscription, at=at
    )


def tell_limit(bot: int, product: str, name: str, used: int, at: datetime) -> None:
    """How much of a limit is in use at `at`, if nothing later was told."""
    told = {"bot": bot, "product": product, "name": name, "used": used, "at": at}
    sql.run(_SQL["tell_limit"], **told)


def lock_live(bot: int, place: str) -> Subscription | None:
    """What the bot has there, held to the end of the caller's transaction: who takes the last
    concurrent seat does not wait for the workspace's books."""
    found = Subscription.objects.filter(bot_id=bot, place=place, state__in=sorted(LIVE))
    return found.select_for_update(of=("self",), no_key=True).first()


def assign_seat(bot: int, product: str, agent: str, at: datetime) -> SeatAssignment:
    """The agent holds a named seat from now on."""
    return SeatAssignment.objects.create(bot_id=bot, product=product, agent=agent, start_at=at)


def release_seat(bot: int, product: str, agent: str, at: datetime) -> None:
    """The agent holds none from now on."""
    held = SeatAssignment.objects.filter(bot_id=bot, product=product, agent=agent)
    held.filter(end_at__isnull=True).update(end_at=Greatest("start_at", Value(at)))


def keep_seat(bot: int, product: str, agent: str, since: datetime, until: datetime) -> None:
    """A concurrent seat is kept for the agent; those that were kept and not taken are let go."""
    kept = {"bot": bot, "product": product, "agent": agent, "since": since, "until": until}
    sql.run(_SQL["keep_seat"], **kept)
