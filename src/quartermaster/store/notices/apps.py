"""The Django app of this domain."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.notices"
    label = "notices"
