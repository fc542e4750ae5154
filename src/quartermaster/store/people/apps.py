"""The Django app of this domain."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.people"
    label = "people"
