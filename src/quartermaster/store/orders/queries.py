"""Reads of orders."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from quartermaster.core.lifecycles.orders import OPEN, STANDS, State, expires_at
from quartermaster.core.periods import Period
from quartermaster.core.plans.quotes import PaidLine
from quartermaster.store import sql
from quartermaster.store.orders.models import (
    Order,
    OrderLine,
    OrderStep,
    Payment,
    ProviderNotice,
    Refund,
)
from quartermaster.store.people.queries import NotFound

_SQL: Final = sql.Queries(__package__)
IN_FLIGHT: Final = _SQL["payments_in_flight"]
PAGES_IN_FLIGHT: Final = _SQL["pages_in_flight"]
REFUNDS_IN_FLIGHT: Final = _SQL["refunds_in_flight"]
OPEN_ORDERS: Final = _SQL["open_orders"]


def find_by_key(idempotency_key: uuid.UUID) -> Order | None:
    """The order that was made with this key."""
    return _whole().filter(idempotency_key=idempotency_key).first()


def find_open(bot: int, place: str) -> Order | None:
    """The order that is not settled."""
    return _whole().filter(bot_id=bot, place=place, state__in=sorted(OPEN)).first()


def get(order: int) -> Order:
    """By its internal id."""
    return _whole().get(id=order)


def workspace_of(order: int) -> int:
    """The internal id of an order's workspace, which whoever changes the order locks first."""
    return Order.objects.values_list("workspace_id", flat=True).get(id=order)


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
        Q(refunded_minor=0) | Q(refunded_minor__lt=F("amount_minor")),
        order__subscription_id=subscription,
        order__state__in=(State.FULFILLED, State.REFUNDED),
        order__version__isnull=False,
        of__isnull=True,
    ).order_by("id")
    return tuple(map(paid_line, found))


def left_of(order: int) -> int:
    """What the order's lines charge and was neither credited nor refunded."""
    credited = OrderLine.objects.filter(of=OuterRef("id"), is_void=False)
    found = OrderLine.objects.filter(~Exists(credited), order_id=order, of__isnull=True)
    return sum(line.amount_minor - line.refunded_minor for line in found)


def are_credits_there(order: int) -> bool:
    """Whether what its lines, which are void, were to credit is neither credited by others nor
    refunded by now."""
    taken = OrderLine.objects.filter(of=OuterRef("of"), is_void=False)
    is_too_little = Q(amount_minor__lt=F("of__refunded_minor") - F("of__amount_minor"))
    found = OrderLine.objects.filter(Exists(taken) | is_too_little, order_id=order)
    return not found.exists()


def paid_with(method: int) -> list[str]:
    """The orders, by public id, that are being paid with a saved way."""
    found = Payment.objects.filter(method_id=method, outcome__isnull=True)
    return list(found.order_by("id").values_list("order__public_id", flat=True))


def paid_line(row: OrderLine) -> PaidLine:
    """A row as the core reckons with it: what was refunded was not paid."""
    period = Period(row.start_at, row.end_at)
    paid_minor = row.amount_minor - row.refunded_minor
    return PaidLine(row.id, row.description, row.quantity, paid_minor, period)


def steps_of(order: int) -> list[OrderStep]:
    """What happened to it, in its order."""
    return list(OrderStep.objects.filter(order_id=order).order_by("number"))


def expired(at: datetime, workspace: int | None = None) -> list[int]:
    """Orders whose payment nobody needs to wait for at an instant: of a workspace or, None, of all
    whose clock goes with the world's."""
    found = sql.rows(OPEN_ORDERS, until=at - STANDS, workspace=workspace)
    ends = expiries(which for _, which in found)
    return sorted(order for until, order in ends if until < at)


def expiries(orders: Iterable[int]) -> list[tuple[datetime, int]]:
    """Until when the payment of each is waited for, as far as it is."""
    found = Order.objects.filter(id__in=orders)
    rows = found.values_list("state", "kind", "ordered_at", "id")
    ends = [(expires_at(State(state), kind, at), order) for state, kind, at, order in rows]
    return [(end, order) for end, order in ends if end is not None]


def has_bought(bot: int) -> bool:
    """Whether something that cost money was ever paid for a bot by somebody who was there."""
    paid = Payment.objects.filter(order__bot_id=bot, outcome="succeeded")
    return paid.exclude(order__kind="recharge").exists()


def find_in_flight(order: int) -> Payment | None:
    """The attempt whose outcome is not known."""
    return _payments().filter(order_id=order, outcome__isnull=True).first()


def in_flight_of(orders: Collection[str]) -> dict[str, Payment]:
    """The attempts whose outcome is not known, by the public ids of their orders."""
    found = _payments().filter(order__public_id__in=orders, outcome__isnull=True)
    return {one.order.public_id: one for one in found}


def find_in_flight_at(bot: int, place: str) -> Payment | None:
    """The attempt whose outcome is not known, of whatever order there is for a bot's place."""
    return _payments().filter(order__bot_id=bot, order__place=place, outcome__isnull=True).first()


def payment(payment: int) -> Payment:
    """By its internal id, with its order."""
    return _payments().get(id=payment)


def order_of(payment: int) -> int:
    """The internal id of a payment's order."""
    return Payment.objects.values_list("order_id", flat=True).get(id=payment)


def find_by_reference(provider: str, reference: str) -> Payment | None:
    """The payment that a provider calls so."""
    return _payments().filter(provider=provider, reference=reference).first()


def find_paid(order: int) -> Payment | None:
    """The payment that an order was paid with."""
    return _payments().filter(order_id=order, outcome="succeeded").first()


def paid_with_each(orders: Collection[int]) -> dict[int, Payment]:
    """The payments that orders were paid with, by the order's internal id."""
    found = _payments().filter(order__in=orders, outcome="succeeded")
    return {one.order_id: one for one in found}


def in_flight(before: datetime, workspace: int | None = None) -> list[Payment]:
    """All attempts that were begun up to an instant and whose outcome is not known: of a workspace
    or, None, of all whose clock goes with the world's."""
    found = sql.rows(IN_FLIGHT, until=before, workspace=workspace)
    return list(_payments().filter(id__in=[which for _, which in found]).order_by("id"))


@dataclass(frozen=True, slots=True)
class Sums:
    """What was paid for an order, and what of it went back."""

    paid_minor: int = 0
    refunded_minor: int = 0


def sums_of(orders: Collection[int]) -> dict[int, Sums]:
    """Of each of these orders."""
    went = Sum("refund__amount_minor", filter=Q(refund__outcome="succeeded"), default=0)
    found = Payment.objects.filter(order_id__in=orders, outcome="succeeded")
    rows = found.annotate(went=went).values_list("order_id", "amount_minor", "went")
    return dict.fromkeys(orders, Sums()) | {order: Sums(*money) for order, *money in rows}


def payments_of(order: int) -> list[Payment]:
    """All attempts, in their order."""
    return list(_payments().filter(order_id=order).order_by("number"))


def last_payments(orders: Collection[int]) -> dict[int, Payment]:
    """The last attempt of each of these orders for which there was one."""
    found = _payments().filter(order_id__in=orders).order_by("order_id", "number")
    return {one.order_id: one for one in found}


def credited_by(order: int) -> Order | None:
    """An order that waits to be paid, and is to credit a line of this one."""
    lines = OrderLine.objects.filter(order=OuterRef("id"), of__order_id=order, is_void=False)
    return _whole().filter(Exists(lines), state__in=sorted(OPEN)).first()


def disputed(limit: int) -> list[Payment]:
    """Payments that the buyers' banks have called back, in whole or in part, of all workspaces; the
    latest first."""
    found = _payments().filter(disputed_minor__gt=0)
    return list(found.order_by(F("disputed_at").desc(nulls_last=True), "-id")[:limit])


def payments_by(provider: str, start: datetime, end: datetime) -> list[Payment]:
    """Those with a provider that were begun in [start, end)."""
    found = _payments().filter(provider=provider, begun_at__gte=start, begun_at__lt=end)
    return list(found.order_by("id"))


def payments_named(provider: str, names: Collection[str]) -> list[Payment]:
    """Those with a provider that are called so, by our ids or by its references."""
    is_named = Q(public_id__in=names) | Q(reference__in=names)
    return list(_payments().filter(is_named, provider=provider).order_by("id"))


def refunds_of(payment: int) -> list[Refund]:
    """What went back, or is to, in its order."""
    return refunds_of_each([payment])


def refunds_of_each(payments: Collection[int]) -> list[Refund]:
    """The same of several, all in their order."""
    return list(Refund.objects.filter(payment_id__in=payments).order_by("id"))


def find_refund(idempotency_key: uuid.UUID) -> Refund | None:
    """The refund that was made with this key."""
    return Refund.objects.select_related("payment").filter(idempotency_key=idempotency_key).first()


def get_refund(refund: int) -> Refund:
    """By its internal id, with its payment."""
    return Refund.objects.select_related("payment__order__workspace").get(id=refund)


def refunds_in_flight(before: datetime, workspace: int | None = None) -> list[Refund]:
    """Those that were begun up to an instant and whose outcome is not known: of a workspace or,
    None, of all whose clock goes with the world's."""
    found = sql.rows(REFUNDS_IN_FLIGHT, until=before, workspace=workspace)
    several = Refund.objects.filter(id__in=[which for _, which in found])
    return list(several.select_related("payment__order__workspace").order_by("id"))


def is_seen(provider: str, notice_id: str) -> bool:
    """Whether a provider's notice has been seen to."""
    return ProviderNotice.objects.filter(provider=provider, notice_id=notice_id).exists()


def _payments() -> QuerySet[Payment]:
    return Payment.objects.select_related("order__workspace", "order__bot", "method")


def _whole() -> QuerySet[Order]:
    return Order.objects.select_related("bot__workspace", "version", "subscription")
