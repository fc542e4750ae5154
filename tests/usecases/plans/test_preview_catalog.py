"""What would change is told before anything does."""

import pytest

from quartermaster.store.catalog.models import OfferVersion, Publication
from quartermaster.usecases.plans.preview_catalog import preview_catalog
from quartermaster.usecases.plans.publish_catalog import publish_catalog
from tests.books import NOW
from tests.catalogs import plan, small

pytestmark = pytest.mark.django_db


def test_a_preview_is_what_publishing_does_then() -> None:
    for catalog in (small(), small(plans=[plan("essential", "60")]), small(currency="EUR")):
        before = Publication.objects.count(), OfferVersion.objects.count()
        found = preview_catalog(catalog)
        assert (Publication.objects.count(), OfferVersion.objects.count()) == before
        assert found
        assert tuple(found) == publish_catalog(catalog, NOW).changes
        assert preview_catalog(catalog) == []
