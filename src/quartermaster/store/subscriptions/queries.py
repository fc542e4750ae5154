"""Reads of subscriptions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q, Value
from django.db.models.functions import Greatest

from quartermaster.core import periods
from quartermaster.core.catalog.offers import Kind, Offer
from quartermaster.core.lifecycles.subscriptions import LIVE, State
from quartermaster.core.periods import Period
from quartermaster.core.plans import entitlements
from quartermaster.core.plans.entitlements import Holding, Subscribed
from quartermaster.core.plans.quotes import Anchor
from quartermaster.core.plans.tariffs import Stretch
from quartermaster.store import sql
from quartermaster.store.catalog import queries as catalog
from quartermaster.store.people.models import Bot
from quartermaster.store.people.queries import NotFound
from quartermaster.store.subscriptions.models import (
    LimitUse,
    Phase,
    SeatAssignment,
    SeatHold,
    Subscription,
    TrialUse,
)

_LIVE = sorted(LIVE)
_SQL: Final = sql.Queries(__package__)
RENEWALS: Final = _SQL["renewals"]
SUPPORT_RENEWALS: Final = _SQL["support_renewals"]


def find_live(bot: int, place: str) -> Subscription | None:
    """What the bot has there."""
    found = Subscription.objects.filter(bot_id=bot, place=place, state__in=_LIVE)
    return found.select_related("bot__workspace", "version", "next_version").first()


def get_live(bot: Bot, place: str) -> Subscription:
    """The same; NotFound where it has none."""
    found = find_live(bot.id, place)
    if found is None:
        raise NotFound(f"{bot.name} has no subscription to {place}", field="place")
    return found


def get(subscription: int) -> Subscription:
    """By its internal id."""
    found = Subscription.objects.select_related("bot__workspace", "version", "next_version")
    return found.get(id=subscription)


def workspace_of(subscription: int) -> int:
    """The internal id of its workspace, which whoever changes it locks first."""
    found = Subscription.objects.values_list("bot__workspace_id", flat=True)
    return found.get(id=subscription)


def of_workspace(workspace: int, bot: int | None = None) -> list[Subscription]:
    """All there have been, or those of a bot, the live ones first, then by bot and place."""
    found = Subscription.objects.filter(bot__workspace_id=workspace)
    if bot is not None:
        found = found.filter(bot_id=bot)
    return sorted(
        found.select_related("bot", "version", "next_version"),
        key=lambda one: (one.state not in LIVE, one.bot.name, one.place, -one.id),
    )


def renewing(workspace: int) -> list[Subscription]:
    """Those that will renew, of all bots."""
    found = Subscription.objects.filter(bot__workspace_id=workspace, is_ending=False)
    found = found.filter(state__in=(State.ACTIVE, State.PAST_DUE))
    return list(found.select_related("bot", "version").order_by("id"))


def support_renewing(until: datetime, workspace: int | None = None) -> list[Subscription]:
    """Support plans that will renew by an instant: of a workspace or, None, of all whose clock goes
    with the world's."""
    found = sql.rows(SUPPORT_RENEWALS, renews_by=until, workspace=workspace)
    return by_id([which for _, which in found])


def by_id(several: Collection[int]) -> list[Subscription]:
    """By their internal ids, those whose cycle ends first first."""
    return list(Subscription.objects.filter(id__in=several).order_by("cycle_end_at", "id"))


def holding(key: str) -> list[Subscription]:
    """Live subscriptions to any version of an offer."""
    found = Subscription.objects.filter(version__key=key, state__in=_LIVE)
    related = ("bot__workspace", "version", "next_version")
    return list(found.select_related(*related).order_by("id"))


def due(at: datetime, workspace: int | None = None) -> list[int]:
    """Live subscriptions whose cycle has ended by `at` and that are not waiting for another
    attempt, the longest waiting first: of a workspace or, None, of all whose clock goes with the
    world's."""
    found = Subscription.objects.filter(
        Q(attempt_at__isnull=True) | Q(attempt_at__lte=at), state__in=_LIVE, cycle_end_at__lte=at
    )
    if workspace is None:
        found = found.filter(bot__workspace__frozen_at__isnull=True)
    else:
        found = found.filter(bot__workspace_id=workspace)
    return list(found.order_by("cycle_end_at", "id").values_list("id", flat=True))


def has_tried(bot: int, product: str) -> bool:
    """Whether the bot has had its trial of the product."""
    return TrialUse.objects.filter(bot_id=bot, product=product).exists()


def phase_at(subscription: int, at: datetime) -> Phase | None:
    """The phase that an instant falls into."""
    found = Phase.objects.filter(
        Q(end_at__isnull=True) | Q(end_at__gt=at), subscription_id=subscription, start_at__lte=at
    )
    return found.select_related("version").first()


def stretches(bots: Sequence[int]) -> dict[int, list[Stretch]]:
    """The phases of the bots that have had any, as what prices their usage."""
    found = Phase.objects.filter(subscription__bot_id__in=bots)
    offers: dict[int, Offer] = {}
    several: dict[int, list[Stretch]] = {}
    for one in found.select_related("subscription__bot__workspace", "version").order_by("id"):
        if one.version_id not in offers:
            offers[one.version_id] = one.version.offer
        bot = one.subscription.bot
        stretch = Stretch(
            one.subscription_id,
            one.version_id,
            offers[one.version_id],
            Anchor(one.anchor_date, ZoneInfo(bot.workspace.time_zone)),
            periods.to_micros(one.start_at),
            None if one.end_at is None else periods.to_micros(one.end_at),
            one.is_trial,
        )
        several.setdefault(bot.id, []).append(stretch)
    return several


def bots_with_plans() -> list[Bot]:
    """The bots that have had a subscription."""
    found = Bot.objects.filter(id__in=Subscription.objects.values("bot_id"))
    return list(found.select_related("workspace").order_by("id"))


def live_of(bot: int) -> list[Subscription]:
    """All that the bot has."""
    found = Subscription.objects.filter(bot_id=bot, state__in=_LIVE).order_by("id")
    return list(found.select_related("bot__workspace", "version", "next_version"))


def subscribers(workspace: int, place: str) -> list[Bot]:
    """The workspace's bots that have something there, by name."""
    live = Subscription.objects.filter(place=place, state__in=_LIVE, bot__workspace_id=workspace)
    found = Bot.objects.filter(id__in=live.values("bot_id")).select_related("workspace")
    return list(found.order_by("name"))


def subscribed(subscription: Subscription) -> Subscribed:
    """What it gives, now and after its cycle."""
    following = None
    if subscription.next_version is not None:
        following = Holding(subscription.next_version.offer, subscription.next_seats or 0)
    return Subscribed(
        State(subscription.state),
        subscription.is_ending,
        subscription.cycle_end_at,
        Holding(
            subscription.version.offer,
            subscription.seats,
            is_trial=subscription.state == State.TRIALING,
        ),
        following,
    )


def support_of(bot: int, at: datetime) -> str | None:
    """The key of a bot's support plan: what it has bought or, without, what is free."""
    has = find_live(bot, Kind.SUPPORT)
    held = None if has is None else subscribed(has).holding(at)
    sold = catalog.current_catalog() if held is None else None
    given = held if sold is None else entitlements.free_support(sold)
    return None if given is None else given.offer.key


def phases_of(bot: int, product: str, period: Period) -> list[Phase]:
    """The phases of the bot's plans of a product that a period meets, in their order."""
    found = Phase.objects.filter(
        Q(end_at__isnull=True) | Q(end_at__gt=period.start),
        subscription__bot_id=bot,
        subscription__place=product,
        start_at__lt=period.end,
    )
    return list(found.select_related("version").order_by("start_at"))


def phases_of_subscription(subscription: int) -> list[Phase]:
    """All, in their order."""
    found = Phase.objects.filter(subscription_id=subscription).select_related("version")
    return list(found.order_by("start_at"))


def seats_assigned(bot: int, product: str) -> int:
    """How many agents hold a named seat now."""
    return len(assigned(bot, product))


def assigned(bot: int, product: str) -> list[SeatAssignment]:
    """The named seats that are held now, by agent."""
    held = SeatAssignment.objects.filter(bot_id=bot, product=product, end_at__isnull=True)
    return list(held.order_by("agent"))


def find_assignment(bot: int, product: str, agent: str) -> SeatAssignment | None:
    """The named seat that the agent holds now."""
    return next((one for one in assigned(bot, product) if one.agent == agent), None)


def assignments(bot: int, product: str, period: Period) -> list[SeatAssignment]:
    """The named seats that were held at any time in a period."""
    held = SeatAssignment.objects.filter(
        Q(end_at__isnull=True) | Q(end_at__gt=Greatest("start_at", Value(period.start))),
        bot_id=bot,
        product=product,
        start_at__lt=period.end,
    )
    return list(held.order_by("start_at", "agent"))


def seats_kept(bot: int, product: str, at: datetime) -> list[tuple[str, int]]:
    """For whom a concurrent seat is kept, and since when in microseconds."""
    kept = SeatHold.objects.filter(bot_id=bot, product=product, until_at__gt=at)
    return [
        (agent, periods.to_micros(since)) for agent, since in kept.values_list("agent", "since_at")
    ]


def limits_used(bot: int, product: str) -> dict[str, int]:
    """What the platform has told of the use of limits."""
    told = LimitUse.objects.filter(bot_id=bot, product=product)
    return dict(told.values_list("name", "used"))
