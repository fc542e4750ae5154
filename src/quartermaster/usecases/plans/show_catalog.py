"""What is sold now."""

from dataclasses import dataclass

from quartermaster.core.catalog.offers import Catalog
from quartermaster.core.errors import Refusal
from quartermaster.store.catalog import queries as catalog_queries
from quartermaster.store.catalog.models import OfferVersion, Publication


class NothingSold(Refusal):
    """Nothing is sold yet: no catalog has been published."""

    code = "no_catalog"
    kind = "missing"


@dataclass(frozen=True, slots=True)
class Sold:
    """A publication, read; `versions` are those of the catalog's offers, in their order."""

    publication: Publication
    catalog: Catalog
    versions: tuple[OfferVersion, ...]

    def numbers(self) -> dict[str, int]:
        """The number of each offer's version by its key."""
        return {version.key: version.number for version in self.versions}


def show_catalog() -> Sold:
    """The latest publication. Raises: NothingSold."""
    publication = catalog_queries.current_publication()
    if publication is None:
        raise NothingSold
    versions = tuple(catalog_queries.versions_in(publication))
    return Sold(publication, catalog_queries.catalog_of(publication, versions), versions)
