"""Months of seats that were settled by credit, and what was charged for them.

Writes are in the caller's transaction and under the workspace's lock.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Max

from quartermaster.core.catalog.offers import SeatKind
from quartermaster.core.formats import public_ids
from quartermaster.core.formats.public_ids import Name, UnknownId
from quartermaster.core.periods import Period
from quartermaster.core.pricing.seat_overage import Overage
from quartermaster.store import sql
from quartermaster.store.ledger.models import Transfer
from quartermaster.store.subscriptions.models import SeatCharge, SeatMonth

_SQL: Final = sql.Queries(__package__)
DUE: Final = _SQL["overage"]


def due(workspace: int | None = None) -> list[int]:
    """Plans that may have months to settle: of a workspace or, None, of all whose clock goes with
    the world's."""
    return sorted(which for _, which in sql.rows(DUE, workspace=workspace))


def settled_to(subscription: int) -> datetime | None:
    """Where the last month that was settled ends."""
    found = SeatMonth.objects.filter(subscription_id=subscription)
    to: datetime | None = found.aggregate(to=Max("end_at"))["to"]
    return to


def find_late(subscription: int) -> SeatMonth | None:
    """The first month that is to be settled again."""
    found = SeatMonth.objects.filter(subscription_id=subscription, is_late=True)
    return found.order_by("start_at").first()


def has_settled(workspace: int, since: datetime) -> bool:
    """Whether any month that ends after an instant is settled."""
    found = SeatMonth.objects.filter(subscription__bot__workspace_id=workspace)
    return found.filter(end_at__gt=since).exists()


def add(subscription: int, month: Period, kind: SeatKind, at: datetime) -> SeatMonth:
    """A month that nothing is known of yet."""
    return SeatMonth.objects.create(
        subscription_id=subscription,
        kind=kind,
        start_at=month.start,
        end_at=month.end,
        settled_at=at,
    )


def settle(
    month: SeatMonth, found: Overage, amount_micro: int, first_at: datetime | None, at: datetime
) -> None:
    """What a month comes to by all that is known now."""
    month.seats, month.price, month.first_at = found.seats, found.price, first_at
    month.amount_micro, month.is_late, month.settled_at = amount_micro, False, at
    month.save()


def charge(
    month: SeatMonth, amount_micro: int, transfers: Sequence[uuid.UUID], at: datetime
) -> SeatCharge:
    """Notes what was drawn or given back."""
    return SeatCharge.objects.create(
        month=month,
        number=len(charges_of(month.id)) + 1,
        seats=month.seats,
        amount_micro=amount_micro,
        transfers=list(transfers),
        at=at,
    )


def charges_of(month: int) -> list[SeatCharge]:
    """In their order."""
    return list(SeatCharge.objects.filter(month_id=month).order_by("number"))


def months_of(subscription: int) -> list[SeatMonth]:
    """In their order."""
    found = SeatMonth.objects.filter(subscription_id=subscription)
    return list(found.order_by("start_at"))


def settled_subscriptions() -> list[int]:
    """Those with any month that was settled."""
    found = SeatMonth.objects.order_by("subscription_id")
    return list(found.values_list("subscription_id", flat=True).distinct())


def of_workspace(workspace: int, bot: int | None = None) -> list[SeatMonth]:
    """All of a workspace, or of a bot, the latest first."""
    found = SeatMonth.objects.filter(subscription__bot__workspace_id=workspace)
    if bot is not None:
        found = found.filter(subscription__bot_id=bot)
    return list(found.select_related("subscription__bot__workspace").order_by("-start_at", "-id"))


def get(workspace: int, month: int) -> SeatMonth:
    """By its number, within the workspace; UnknownId."""
    found = SeatMonth.objects.filter(subscription__bot__workspace_id=workspace, id=month)
    one = found.select_related("subscription__bot__workspace").first()
    if one is None:
        raise UnknownId(f"no month of seats {public_ids.of(Name.SEAT_MONTH, month)}", field="id")
    return one


def find_paid(transfer: int) -> SeatMonth | None:
    """The month that a transfer was for."""
    key = Transfer.objects.filter(id=transfer).values_list("idempotency_key", flat=True).first()
    if key is None:
        return None
    found = SeatCharge.objects.filter(transfers__contains=[key])
    one = found.select_related("month__subscription__bot__workspace").first()
    return one.month if one else None


def note_late(bots: Sequence[int], products: Sequence[str], ats: Sequence[int]) -> None:
    """Months that log-ins (`ats` in microseconds) may change are to be settled again."""
    sql.run(
        _SQL["note_late_seats"],
        bots=sql.bigints(bots),
        products=sql.Texts(products),
        ats=sql.instants(ats),
    )
