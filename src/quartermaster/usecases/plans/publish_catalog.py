"""A catalog becomes what is sold."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from quartermaster.core.catalog import changes
from quartermaster.core.catalog.changes import Change
from quartermaster.core.catalog.offers import Catalog
from quartermaster.store.catalog import operations
from quartermaster.store.catalog import queries as catalog_queries
from quartermaster.store.catalog.models import Publication


@dataclass(frozen=True, slots=True)
class Published:
    """What is sold now, and what changed; without any change it had been published before."""

    publication: Publication
    changes: tuple[Change, ...]


def publish_catalog(catalog: Catalog, at: datetime) -> Published:
    """Publishes the whole at once: offers on new terms get a new version, the others keep theirs,
    what the catalog no longer has is no longer sold. Whoever has bought keeps the version they
    bought. Where nothing would change, nothing is published."""
    with transaction.atomic():
        operations.lock_prices()
        publication = catalog_queries.current_publication()
        before = catalog_queries.catalog_in(publication) if publication else None
        found = tuple(changes.between(before, catalog))
        if publication is None or found:
            publication = operations.publish_catalog(catalog, at)
        return Published(publication, found)
