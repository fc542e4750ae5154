"""The Django app of this domain."""

from django.apps import AppConfig


class WalletsConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.wallets"
    label = "wallets"
