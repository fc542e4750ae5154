"""The Django app of this domain."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.orders"
    label = "orders"
