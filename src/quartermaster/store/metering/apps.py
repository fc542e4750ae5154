"""The Django app of this domain."""

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.metering"
    label = "metering"
