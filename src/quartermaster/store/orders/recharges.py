"""Reads of what auto-recharge has charged, and is to look at."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from quartermaster.core import money
from quartermaster.core.lifecycles.orders import Event, Outcome
from quartermaster.core.lifecycles.recharge import Attempt
from quartermaster.store import sql
from quartermaster.store.orders.models import Order, OrderStep, Payment

_SQL: Final = sql.Queries(__package__)
UNDER_THRESHOLD: Final = _SQL["under_threshold"]
_FACTORS: Final = money.micro_per_minor()
_MONTH: Final = timedelta(days=32)
"""No local month is as long."""


def under_threshold(workspace: int | None = None) -> list[int]:
    """Bots whose wallets auto-recharge is to look at now: of a workspace or, None, of all whose
    clock goes with the world's."""
    found = sql.rows(UNDER_THRESHOLD, workspace=workspace, **rates())
    return sorted(bot for _, bot in found)


def rates() -> dict[str, Any]:
    """What `UNDER_THRESHOLD` compares wallets and thresholds by."""
    return {"currencies": list(_FACTORS), "factors": sql.bigints(list(_FACTORS.values()))}


def attempts(bot: int, on_at: datetime, at: datetime) -> list[Attempt]:
    """As far back as a decision needs them: those in flight, of this month, and since it was
    switched on or, later, last succeeded; always the last one, whose number is the next one's."""
    every = payments(bot)
    succeeded = every.filter(outcome=Outcome.SUCCEEDED).last()
    row_since = max(on_at, succeeded.begun_at) if succeeded else on_at
    since = min(at - _MONTH, row_since)
    last = every.last()
    if last is None:
        return []
    is_recent = Q(begun_at__gte=since) | Q(known_at__gte=since) | Q(outcome__isnull=True)
    found = list(every.filter(is_recent | Q(id=last.id)))
    first = every.count() - len(found) + 1
    return [attempt(one, number) for number, one in enumerate(found, first)]


def attempt(row: Payment, number: int) -> Attempt:
    """A payment as the core reckons with it: what was ordered, and the tax that came on top."""
    outcome = Outcome(row.outcome) if row.outcome else None
    order = row.order
    return Attempt(number, row.begun_at, order.total_minor, outcome, row.known_at, order.tax_minor)


def payments(bot: int) -> QuerySet[Payment]:
    """All attempts of a bot's auto-recharge, in their order."""
    found = Payment.objects.filter(order__bot_id=bot, order__kind="recharge")
    return found.select_related("order__recharge").order_by("id")


def declines(bot: int) -> dict[int, datetime]:
    """When orders of auto-recharge were given up, by internal id: at the decline of their attempt,
    whatever has come of it since."""
    found = OrderStep.objects.filter(order__bot_id=bot, order__kind="recharge")
    return dict(found.filter(event=Event.GIVEN_UP).values_list("order_id", "at"))


def lots(bot: int) -> list[int]:
    """The credit that auto-recharge has bought for a bot."""
    found = Order.objects.filter(bot_id=bot, kind="recharge", lot__isnull=False)
    return [lot for lot in found.values_list("lot_id", flat=True) if lot is not None]


def recharged_bots() -> list[int]:
    """Those for which auto-recharge has ever charged."""
    found = Payment.objects.filter(order__kind="recharge").order_by("order__bot_id")
    return list(found.values_list("order__bot_id", flat=True).distinct())
