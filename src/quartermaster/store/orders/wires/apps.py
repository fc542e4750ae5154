"""The Django app of this domain."""

from django.apps import AppConfig


class WiresConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.orders.wires"
    label = "wires"
