"""The Django app of this domain."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.ledger"
    label = "ledger"
