"""Cards whose last day comes near."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from quartermaster.core import periods
from quartermaster.core.formats import days
from quartermaster.core.lifecycles import clocks, methods
from quartermaster.core.lifecycles.methods import Expiry
from quartermaster.store.billing import queries
from quartermaster.store.billing.models import PaymentMethod
from quartermaster.store.notices import operations as notices
from quartermaster.store.notices import queries as told
from quartermaster.store.notices.models import Key, Page, Recipient
from quartermaster.store.notices.operations import NewNotice, To
from quartermaster.store.people import operations as people

AHEAD: Final = timedelta(days=32)  # 30 days before, and a day for time zones


def due(found: list[PaymentMethod], until: datetime) -> Iterator[tuple[datetime, int]]:
    """When each of these ways to pay comes nearer to its end than was told, as far as that is by
    `until`, and its internal id."""
    known = _told(found)
    for method in found:
        assert method.expires_date is not None, "it expires"
        zone = ZoneInfo(method.workspace.time_zone)
        starts = methods.stages(method.expires_date)
        for stage in _ahead(method, known):
            at = periods.local_day(starts[stage], zone).start
            if at <= until:
                yield at, method.id


def tell(method: int, at: datetime) -> bool:
    """Whether there was something to tell. Late, what holds by then is told, and nothing twice."""
    with transaction.atomic():
        locked = people.lock_workspace(queries.get_method(method).workspace_id)
        at = clocks.read(locked.frozen_at, at)
        found = queries.get_method(method)
        today = at.astimezone(ZoneInfo(found.workspace.time_zone)).date()
        stage = methods.stage(found.expires_date, today)
        if found.removed_at is not None or stage not in _ahead(found, _told([found])):
            return False
        return notices.queue(_notice(found, stage), at)


def _ahead(method: PaymentMethod, known: set[str]) -> list[Expiry]:
    """The stages after the last one that was told."""
    several = list(Expiry)
    last = max((several.index(one) for one in several if _cause(method, one) in known), default=-1)
    return several[last + 1 :]


def _told(several: list[PaymentMethod]) -> set[str]:
    causes = [_cause(method, one) for method in several for one in Expiry]
    return told.told(Key.METHOD_EXPIRING, causes) | told.told(Key.METHOD_EXPIRED, causes)


def _cause(method: PaymentMethod, stage: Expiry) -> str:
    """A provider may tell of a new last day for the same card."""
    return f"{method.public_id} {method.expires_date} {stage}"


def _notice(method: PaymentMethod, stage: Expiry) -> NewNotice:
    assert method.expires_date is not None, "it expires"
    fields = {
        "Card": method.brand.title() or method.label,
        "Last Four": method.last_four,
        "Expiry": days.shown(method.expires_date),
    }
    key = Key.METHOD_EXPIRED if stage is Expiry.EXPIRED else Key.METHOD_EXPIRING
    to = To(method.workspace_id, None, Recipient.METHOD_OWNER, method.added_by)
    links = {"Update payment method": (Page.METHODS, method.public_id)}
    return NewNotice(key, _cause(method, stage), to, fields, links)
