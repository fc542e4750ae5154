"""A new workspace, its books open and its free credit granted."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from quartermaster.core.errors import Refusal
from quartermaster.core.money import MICRO
from quartermaster.store.ledger import operations as ledger
from quartermaster.store.people import operations as people
from quartermaster.store.people.models import Workspace
from quartermaster.store.wallets import operations as wallets
from quartermaster.usecases.credits.grant_credits import grant_credits
from quartermaster.usecases.people import _names

DEFAULT_FREE_MICRO: Final = 500 * MICRO
DEFAULT_FREE_DAYS: Final = 90


class UnknownTimeZone(Refusal):
    """Not the name of a time zone, such as Europe/Berlin."""

    code = "unknown_time_zone"
    kind = "invalid"


@dataclass(frozen=True, slots=True)
class FreeCredit:
    """What a new workspace is given; 0 for nothing."""

    amount_micro: int = DEFAULT_FREE_MICRO
    days: int = DEFAULT_FREE_DAYS


def create_workspace(
    name: str, time_zone: str, free: FreeCredit, at: datetime, is_test: bool = False
) -> Workspace:
    """Opens a standard workspace, for tests or not for good. Refuses a name that is taken."""
    _names.require_name(name)
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimeZone(f"no time zone {time_zone!r}", field="time_zone") from None
    with transaction.atomic():
        workspace = people.add_workspace(name, time_zone, at, is_test)
        ledger.open_workspace_accounts(workspace.id)
        wallets.open_pool(workspace.id)
        if free.amount_micro:
            key = uuid.uuid5(uuid.NAMESPACE_OID, workspace.public_id)
            expires_at = at + timedelta(days=free.days)
            grant = wallets.Grant(workspace.id, free.amount_micro, key, expires_at=expires_at)
            grant_credits(grant, at)
        return workspace
