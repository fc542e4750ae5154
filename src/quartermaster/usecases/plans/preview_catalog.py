"""What publishing a catalog would change, without publishing it."""

from quartermaster.core.catalog import changes
from quartermaster.core.catalog.changes import Change
from quartermaster.core.catalog.offers import Catalog
from quartermaster.store.catalog import queries as catalog_queries


def preview_catalog(catalog: Catalog) -> list[Change]:
    """Against what is sold now; everything is new where nothing is. Empty: nothing changes."""
    return changes.between(catalog_queries.current_catalog(), catalog)
