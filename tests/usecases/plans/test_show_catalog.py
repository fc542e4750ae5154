"""What is sold now."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quartermaster.usecases.plans.publish_catalog import publish_catalog
from quartermaster.usecases.plans.show_catalog import NothingSold, show_catalog
from tests.books import NOW
from tests.catalogs import ESSENTIAL, plan, small

pytestmark = pytest.mark.django_db


def test_before_anything_is_published() -> None:
    with pytest.raises(NothingSold, match="no catalog has been published"):
        show_catalog()


def test_the_latest_publication_with_its_versions() -> None:
    publish_catalog(small(), NOW)
    latest = small(plans=[plan("essential", "60")])
    publish_catalog(latest, NOW)
    with CaptureQueriesContext(connection) as asked:
        sold = show_catalog()
    assert len(asked) == 2
    assert sold.catalog == latest
    assert sold.publication.number == 2
    assert sold.numbers() == {ESSENTIAL: 2, "add_on/voice_gateway": 1, "support/basic": 1}
