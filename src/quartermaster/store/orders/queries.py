"""Reads of orders."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from quartermaster.core.lifecycles.orders import OPEN, State
from quartermaster.core.periods import Period
from quartermaster.core.plans.quotes import PaidLine
from quartermaster.store.orders.models import Order, OrderLine, Payment
from quartermaster.store.people.queries import NotFound


def find_by_key(idempotency_key: uuid.UUID) -> Order | None:
    """The order that was made with this key."""
    return _whole().filter(idempotency_key=idempotency_key).first()


def find_open(bot: int, place: str) -> Order | None:
    """The order that is not settled."""
    return _whole().filter(bot_id=bot, place=place, state__in=sorted(OPEN)).first()


def get(order: int) -> Order:
    """By its internal id."""
    return _whole().get(id=order)


def get_of(workspace: int, public_id: str) -> Order:
    """By its public id, within the workspace."""
    found = _whole().filter(workspace_id=workspace, public_id=public_id).first()
    if found is None:
        raise NotFound(f"no order {public_id!r} in this workspace", field="order")
    return found


def public_ids(orders: Collection[int]) -> dict[int, str]:
    """Of orders."""
    return dict(Order.objects.filter(id__in=orders).values_list("id", "public_id"))


def of_workspace(
    workspace: int, bot: int | None = None, before: int | None = None, limit: int | None = None
) -> list[Order]:
    """The latest first: all, or those of a bot, those older than an order, so many at most."""
    found = _whole().filter(workspace_id=workspace)
    if bot is not None:
        found = found.filter(bot_id=bot)
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[:limit])


def renewals(subscription: int, start_at: datetime) -> int:
    """How many renewals were ordered for the cycle that begins then."""
    found = Order.objects.filter(subscription_id=subscription, kind="renew")
    return found.filter(cycle_start_at=start_at).count()


def lines_of(order: int) -> list[OrderLine]:
    """In their order."""
    found = OrderLine.objects.filter(order_id=order).select_related("of")
    return list(found.order_by("number"))


def paid_lines(subscription: int) -> tuple[PaidLine, ...]:
    """What was paid for the subscription and never credited since."""
    credited = OrderLine.objects.filter(of=OuterRef("id"), is_void=False)
    found = OrderLine.objects.filter(
        ~Exists(credited),
        order__subscription_id=subscription,
        order__state=State.FULFILLED,
        of__isnull=True,
    ).order_by("id")
    return tuple(map(paid_line, found))


def paid_line(row: OrderLine) -> PaidLine:
    """A row as the core reckons with it."""
    period = Period(row.start_at, row.end_at)
    return PaidLine(row.id, row.description, row.quantity, row.amount_minor, period)


def find_in_flight(order: int) -> Payment | None:
    """The attempt whose outcome is not known."""
    return Payment.objects.filter(order_id=order, outcome__isnull=True).first()


def find_in_flight_at(bot: int, place: str) -> Payment | None:
    """The attempt whose outcome is not known, of whatever order there is for a bot's place."""
    return Payment.objects.filter(
        order__bot_id=bot, order__place=place, outcome__isnull=True
    ).first()


def payment(payment: int) -> Payment:
    """By its internal id, with its order."""
    return Payment.objects.select_related("order__workspace").get(id=payment)


def in_flight(before: datetime, workspace: int | None = None) -> list[Payment]:
    """All attempts that were begun up to an instant and whose outcome is not known: of a workspace
    or, None, of all whose clock goes with the world's."""
    found = Payment.objects.filter(outcome__isnull=True, begun_at__lte=before)
    if workspace is None:
        found = found.filter(order__workspace__frozen_at__isnull=True)
    else:
        found = found.filter(order__workspace_id=workspace)
    return list(found.select_related("order__workspace").order_by("id"))


def payments_of(order: int) -> list[Payment]:
    """All attempts, in their order."""
    return list(Payment.objects.filter(order_id=order).order_by("number"))


def _whole() -> QuerySet[Order]:
    return Order.objects.select_related("bot__workspace", "version", "subscription")
