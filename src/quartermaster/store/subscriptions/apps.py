"""The Django app of this domain."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.subscriptions"
    label = "subscriptions"
