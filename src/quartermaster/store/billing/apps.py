"""The Django app of this domain."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.billing"
    label = "billing"
