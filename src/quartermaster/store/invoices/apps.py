"""The Django app of this domain."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.invoices"
    label = "invoices"
