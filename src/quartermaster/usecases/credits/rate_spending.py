"""Every bot's spending per day is worked out again, silent bots' too."""

from datetime import datetime, timedelta

from django.db import transaction

from quartermaster.store.wallets import operations as wallets


def rate_spending(at: datetime, workspace: int | None = None) -> int:
    """Works out every rate that is older than this instant; how many bots there are. Of one
    workspace or, None, of all whose clock goes with the world's."""
    bots = wallets.bots(workspace)
    with transaction.atomic():
        wallets.rate_wallets(bots, at, timedelta())
    return len(bots)
