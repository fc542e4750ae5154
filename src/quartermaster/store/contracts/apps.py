"""The Django app of this domain."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.contracts"
    label = "contracts"
