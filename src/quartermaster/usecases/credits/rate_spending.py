"""Every bot's spending per day is worked out again, silent bots' too."""

from datetime import datetime, timedelta

from django.db import transaction

from quartermaster.store.wallets import operations as wallets


def rate_spending(at: datetime) -> int:
    """Works out rates that are older than an hour; how many bots there are."""
    bots = wallets.all_bots()
    with transaction.atomic():
        wallets.rate_wallets(bots, at, timedelta(hours=1))
    return len(bots)
