"""The Django app of this domain."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """See README.md for what it owns."""

    name = "quartermaster.store.catalog"
    label = "catalog"
